import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Starts the process that stops what test runs started, once they have ended, however they ended. To be called after what it is
 * to look after was written down. Calls while there is one already are no harm.
 */
export function startKeeper(): void {
  const env = { ...process.env }
  // Options for the test runner's processes (coverage, inspectors) are none of its business.
  delete env['NODE_OPTIONS']
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./keeper-process.ts'))], {
    detached: true,
    stdio: 'ignore',
    env,
  })
  child.on('error', () => {
    // Without it the services merely stay until `npm run services -- stop`.
  })
  child.unref()
}
