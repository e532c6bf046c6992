import { enableCompileCache } from 'node:module'

// Compiled code is kept between runs: half of the time that a short command takes.
enableCompileCache()
const { run } = await import('./run.ts')
await run(process.argv.slice(2))
