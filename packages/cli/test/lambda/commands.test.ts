import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Finished, millrace, MillraceProcess } from '../support/millrace-process.ts'
import { type LambdaServer, lambdaServer } from './lambda-server.ts'

describe('commands for functions and mappings', () => {
  let server: LambdaServer
  beforeAll(async () => void (server = await lambdaServer()))
  afterAll(async () => server?.[Symbol.asyncDispose]())

  const run = (...args: string[]): Promise<Finished> => millrace([...args, '--to', server.url])

  it('list, show and invoke functions', async () => {
    const listed = await run('function', 'list')
    expect(listed.stdout).toMatch(/^FUNCTION +STATE +HANDLER +MEMORY +TIMEOUT +CHANGED\necho +Active +handlers\.echo +128 MB +3 s /)
    const invoked = await millrace(['function', 'invoke', 'echo', '--to', server.url], '{"a":1}')
    expect(invoked).toMatchObject({ code: 0, stdout: '{"a":1}\n' })
    const shown = await run('function', 'get', 'echo')
    expect(shown.stdout).toContain('arn:aws:lambda:us-east-1:000000000000:function:echo\n')
    expect(shown.stdout).toMatch(/invocations +1, 0 errors/)
    expect(JSON.parse((await run('function', 'get', 'echo', '--json')).stdout)).toMatchObject({ Configuration: { FunctionName: 'echo' } })
    expect(await run('function', 'get', 'none')).toMatchObject({ code: 1, stderr: expect.stringContaining('Function not found') as string })
  })

  it('print what a function logs, and follow it', async () => {
    await using following = new MillraceProcess(['function', 'logs', 'echo', '--follow', '--json', '--to', server.url])
    await millrace(['invoke', 'echo', '--to', server.url], '{}')
    await following.seen(/"line":"[^"]*echoing/)
    expect((await run('function', 'logs', 'echo')).stdout).toMatch(/Z {2}START RequestId: [^]*echoing[^]*REPORT RequestId/)
    expect(await run('function', 'logs', 'echo', '--since', '1ms')).toMatchObject({ code: 0, stdout: '' })
    expect(await run('function', 'logs', 'none')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No function is called "none"') as string,
    })
    following.child.kill('SIGINT')
    expect((await following.finished).code).toBe(0)
  })

  it('make, describe, change, pause and delete a mapping', async () => {
    const created = await run(
      'mapping',
      'create',
      '--stream',
      'jobs',
      '--function',
      'echo',
      '--set',
      'BatchSize=3',
      '--set',
      'concurrencyMax=2',
    )
    expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^jobs > echo {3}Enabled {3}[0-9a-f-]{36}\n$/) as string })
    expect((await run('mapping', 'list')).stdout).toMatch(/\njobs +echo +Enabled +/)
    await run('mapping', 'update', 'echo', '--set', 'BatchSize=4')
    const described = await run('mapping', 'describe', 'jobs:echo')
    expect(described.stdout).toMatch(/state +Enabled \(User action\)/)
    expect(described.stdout).toMatch(/shardId-000000000000 +up to date/)
    expect(described.stdout).toMatch(/BatchSize +4 \(default 100\)/)
    expect(described.stdout).toMatch(/concurrencyMax +2 \(default 1000\)/)
    expect((await run('mapping', 'pause', 'echo')).stdout).toContain('Disabled')
    expect((await run('mapping', 'resume', 'echo')).stdout).toContain('Enabled')
    const again = await run('mapping', 'create', '--stream', 'jobs', '--function', 'echo')
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('already exists') as string })
    expect((await run('mapping', 'delete', 'echo')).stdout).toContain('deleted')
    expect(await run('mapping', 'list')).toMatchObject({ code: 0, stdout: '', stderr: 'There are no mappings.\n' })
  })

  it('say what cannot be', async () => {
    expect(await run('mapping', 'describe', 'none')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No mapping is called "none"') as string,
    })
    expect(await run('mapping', 'create', '--function', 'echo')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--stream') as string,
    })
    const wrong = await run('mapping', 'create', '--stream', 'jobs', '--function', 'echo', '--set', 'BatchSize=0')
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("Value '0' at 'batchSize'") as string })
    expect(await run('mapping', 'update', 'echo')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Say what to change') as string,
    })
  })
})
