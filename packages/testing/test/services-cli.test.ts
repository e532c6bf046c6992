import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { exclusively } from '../src/services/exclusively.ts'
import { describeWithPrivate, redis } from '../src/services/index.ts'
import { freePorts } from '../src/services/ports.ts'
import { temporaryDirectory } from '../src/temporary-directory.ts'

const run = promisify(execFile)
const cli = resolve(import.meta.dirname, '../src/services/cli.ts')
const index = resolve(import.meta.dirname, '../src/services/index.ts')

/** An environment whose services are not those of this run. */
async function ownServices(directory: string): Promise<NodeJS.ProcessEnv & { readonly MILLRACE_SERVICES_REDIS_PORT: string }> {
  const { VITEST: _, MILLRACE_TEST_REDIS: __, ...environment } = process.env
  const [port = 0] = await freePorts(1)
  return { ...environment, MILLRACE_SERVICES_DIR: directory, MILLRACE_SERVICES_REDIS_PORT: String(port) }
}

describeWithPrivate(redis, 'npm run services', () => {
  test('two starts at once start one; stop stops it, and only once', async () => {
    await using directory = await temporaryDirectory()
    const env = await ownServices(directory.path)
    const starts = await Promise.all([1, 2].map(() => run(process.execPath, [cli, 'start', 'redis', '--json'], { env })))
    const [one, two] = starts.map(({ stdout }) => JSON.parse(stdout)[0])
    expect(one).toMatchObject({ state: 'running', kept: true, address: { url: `redis://127.0.0.1:${env.MILLRACE_SERVICES_REDIS_PORT}` } })
    expect(two.pid).toBe(one.pid)
    expect((await run(process.execPath, [cli, 'stop', 'redis'], { env })).stderr).toContain('redis: stopped')
    expect((await run(process.execPath, [cli, 'stop', 'redis'], { env })).stderr).toContain('redis: did not run')
  })

  test('a port that somebody else has is named, with the variable that helps', async () => {
    await using directory = await temporaryDirectory()
    const env = await ownServices(directory.path)
    const server = createServer().listen(Number(env.MILLRACE_SERVICES_REDIS_PORT), '127.0.0.1')
    await once(server, 'listening')
    const failure = await run(process.execPath, [cli, 'start', 'redis'], { env }).catch((error: { code: number; stderr: string }) => error)
    server.close()
    expect(failure).toMatchObject({ code: 1 })
    expect(failure.stderr).toContain(`port ${env.MILLRACE_SERVICES_REDIS_PORT} of 127.0.0.1 is in use by another program`)
    expect(failure.stderr).toContain('MILLRACE_SERVICES_REDIS_PORT')
  })

  test('what a test run started ends with it, even if it is killed', async () => {
    await using directory = await temporaryDirectory()
    const script = `import { redis } from ${JSON.stringify(index)}; console.log((await redis.available()).url); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: await ownServices(directory.path),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [url] = (await once(child.stdout, 'data')) as [Buffer]
    const socket = connect(Number(new URL(url.toString().trim()).port), '127.0.0.1')
    await once(socket, 'connect')
    child.kill('SIGKILL')
    await once(socket, 'close')
    // The folder must not be taken away from a keeper that still works in it.
    vi.stubEnv('MILLRACE_SERVICES_DIR', directory.path)
    await exclusively('keeper', async () => {}).finally(() => vi.unstubAllEnvs())
  })
})
