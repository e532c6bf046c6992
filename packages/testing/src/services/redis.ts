import { chmod, mkdir, rename, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fetchArtifacts } from './maven.ts'
import { host } from './ports.ts'
import { findOnPath } from './program.ts'
import type { Recipe } from './recipe.ts'
import { ServiceError } from './service-error.ts'

/** Where a Redis is: `redis://127.0.0.1:26379`. */
export interface RedisAddress {
  readonly url: string
}

const version = '1.4.3'
const binaries: Readonly<Record<string, string>> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
}

/** Redis: the machine's own `redis-server`, or the one of version 6.2 that a Maven artifact carries. It keeps nothing on disk. */
export const redisRecipe: Recipe<RedisAddress> = {
  name: 'redis',
  version: '6.2 or newer',
  ports: [26379],
  testVariable: 'MILLRACE_TEST_REDIS',
  portVariable: 'MILLRACE_SERVICES_REDIS_PORT',
  readyTimeoutMs: 20_000,
  container: {
    override: (settings) => ({ command: ['redis-server', '--save', '', '--appendonly', 'no', ...asArguments(settings)] }),
  },
  recordsClasses: false,
  softwareKey: () => (findOnPath('redis-server') === undefined ? version : 'path'),

  async install(software, progress) {
    if (findOnPath('redis-server') !== undefined) return
    const binary = binaries[`${process.platform}-${process.arch}`]
    if (binary === undefined) {
      throw new ServiceError(`is not packaged for ${process.platform} on ${process.arch}. Install a redis-server on the PATH.`)
    }
    const unpacked = join(software, 'unpacked')
    const artifact = { group: 'com.github.codemonstur', name: 'embedded-redis', version }
    await fetchArtifacts([artifact], 'unpack-dependencies', unpacked, progress)
    await rename(join(unpacked, binary), join(software, 'redis-server'))
    await chmod(join(software, 'redis-server'), 0o755)
    await rm(unpacked, { recursive: true })
  },

  async launch({ ports, directory, settings }, software) {
    const data = join(directory, 'data')
    await mkdir(data, { recursive: true })
    const own = { bind: host, port: String(ports[0]), dir: data, save: '', appendonly: 'no', daemonize: 'no' }
    return {
      command: findOnPath('redis-server') ?? join(software, 'redis-server'),
      args: asArguments({ ...own, ...settings }),
    }
  },

  address: (port) => ({ url: `redis://${host}:${port}` }),
  parseAddress: (text) => ({ url: text.includes('://') ? text : `redis://${text}` }),
  answers: ({ url }) => ping(new URL(url)),
}

function asArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
}

/** Says PING. That a password is wanted is an answer too; behind TLS a connection has to do. */
function ping(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 6379), timeout: 2000 })
    const done = (answers: boolean): void => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('connect', () => (url.protocol === 'rediss:' ? done(true) : socket.write('PING\r\n')))
    socket.once('data', (data) => done(/^(?:\+PONG|-NOAUTH|-DENIED)/.test(data.toString('latin1'))))
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => done(false))
  })
}
