import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { millrace, Server } from './support/millrace-process.ts'

describe('what cannot work says why in one sentence', () => {
  it('a port in use', async () => {
    await using directory = await temporaryDirectory()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const ended = await millrace(['up', '--data', directory.path, '--port', String(port)])
    expect(ended.code).toBe(1)
    expect(ended.stderr).toMatch(new RegExp(`^millrace: .*127\\.0\\.0\\.1.*${port}.*\n$`))
    taken.close()
  })

  it('a data directory that is a file, belongs to another process, or was written by a newer version', async () => {
    await using directory = await temporaryDirectory()
    const file = join(directory.path, 'file')
    await writeFile(file, '')
    const notOne = await millrace(['up', '--data', file, '--port', '0'])
    expect(notOne).toMatchObject({ code: 1, stdout: '' })
    expect(notOne.stderr).toContain(`The data directory ${file} cannot be used`)

    const owned = join(directory.path, 'owned')
    await using server = await Server.start(owned)
    const second = await millrace(['up', '--data', owned, '--port', '0'])
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(server.url)

    const newer = join(directory.path, 'newer')
    await mkdir(newer)
    await writeFile(join(newer, 'millrace.json'), '{"version":99,"kind":"embedded"}')
    const refused = await millrace(['up', '--data', newer, '--port', '0'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('version 99')
  })

  it('an unknown stream, a broken template, a public address without keys, an option that is no number', async () => {
    await using directory = await temporaryDirectory()
    await using server = await Server.start(directory.path)
    const piped = await millrace(['pipe', '--to', server.url, '--stream', 'nothing'], 'line\n')
    expect(piped.code).toBe(1)
    expect(piped.stderr).toContain('No stream is called "nothing" (there is logs).')

    const template = join(directory.path, 'template.yaml')
    await writeFile(template, 'Resources:\n  Logs:\n    Type: AWS::Kinesis::Stream\n    Properties:\n      ShardCuont: 3\n')
    const broken = await millrace(['up', '--data', join(directory.path, 'b'), '--port', '0', '--template', template])
    expect(broken).toMatchObject({ code: 1 })
    expect(broken.stderr).toBe(`millrace: ${template}:5: Unknown property "ShardCuont" in Resources.Logs.Properties.\n`)

    const open = await millrace(['up', '--data', join(directory.path, 'c'), '--port', '0', '--host', '0.0.0.0'])
    expect(open.code).toBe(1)
    expect(open.stderr).toContain('MILLRACE_API_KEYS')

    expect(await millrace(['up', '--port', 'x'])).toMatchObject({ code: 2 })
  })

  it('no server and no data directory', async () => {
    await using directory = await temporaryDirectory()
    const found = await millrace(['search', '--data', join(directory.path, 'none'), '--to', 'http://127.0.0.1:1'])
    expect(found.code).toBe(1)
    expect(found.stderr).toContain('http://127.0.0.1:1 cannot be reached')
  })

  it('a Node that is too old', async () => {
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})`
    const ended = await millrace(['--version'], '', { NODE_OPTIONS: `--import=${old}` })
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('millrace needs Node 22.18 or newer')
  })
})

describe('bad input', () => {
  it('keeps junk, NULs, invalid UTF-8 and broken JSON as documents, and refuses a wrong gzip', async () => {
    await using directory = await temporaryDirectory()
    await using server = await Server.start(directory.path)
    const junk = Buffer.from([0, 1, 2, 0xff, 0xfe, 0x41, 0])
    const lines = [
      junk,
      Buffer.from('{"level":"info","msg":'),
      Buffer.from('x'.repeat(1024 * 1024 + 10)),
      Buffer.from('last line without end'),
    ]
    const body = Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [Buffer.from('\n'), line])))
    const piped = await millrace(['pipe', '--to', server.url], body)
    expect(piped.code, piped.stderr).toBe(0)
    const stats = await server.settled()
    // The line over 1 MiB is cut in two.
    expect(stats.index.documents).toBe(5)
    expect(stats.deadLetters).toBe(0)
    expect(await server.count('"last line without end"')).toBe(1)

    expect((await millrace(['pipe', '--to', server.url], '')).code).toBe(0)
    const wrong = await fetch(`${server.url}/ingest/logs`, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: 'not gzip' })
    expect(wrong.status).toBe(400)
    const cut = await fetch(`${server.url}/ingest/logs`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync('line\n').subarray(0, 12),
    })
    expect(cut.status).toBe(400)
    await server.settled()
    expect(await server.count()).toBe(5)
  })
})
