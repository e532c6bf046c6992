import { describeWithPrivate, redis } from '@millrace/testing/services'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { openRedisCoordination } from '../src/index.ts'
import { eventually, never, takeWhatIsThere, TestSystem } from './redis-under-test.ts'

function withCredentials(url: string, credentials: string): string {
  return url.replace('redis://', `redis://${credentials}@`)
}

async function command(url: string, ...words: [string, ...string[]]): Promise<unknown> {
  const client = new Redis(url)
  try {
    return await client.call(...words)
  } finally {
    client.disconnect()
  }
}

describeWithPrivate(redis, 'The connection to Redis', (service) => {
  it('fails at the start in words that name the setting and hide the password', async () => {
    await using server = await service.startPrivate({ settings: { requirepass: 'right' } })
    const { url } = server.address
    const open = (address: string): Promise<unknown> => openRedisCoordination({ url: address, connectTimeoutMs: 1_000 })
    for (const credentials of ['', ':wrong-one', 'nobody:wrong-one']) {
      const error = await open(credentials === '' ? url : withCredentials(url, credentials)).catch((refusal: unknown) => refusal)
      expect(error).toMatchObject({ name: 'InvalidCoordinationOptionError', retryable: false })
      expect(String(error)).toContain('refuses the user or the password')
      expect(String(error)).toContain('url (--redis, MILLRACE_REDIS_URL)')
      expect(String(error)).not.toContain('wrong-one')
    }
    await using system = new TestSystem(withCredentials(url, ':right'))
    expect(await (await system.open()).concurrencyLimit('account', { max: 1 }).request()).toBe(true)

    await server.stop()
    await expect(open(url)).rejects.toMatchObject({
      name: 'RedisUnavailableError',
      retryable: true,
      message: expect.stringMatching(/ECONNREFUSED.*--redis, MILLRACE_REDIS_URL/),
    })
    await expect(open('redis://host.invalid')).rejects.toThrow(/cannot be used \(.*host\.invalid/)
    await expect(open('host')).rejects.toThrow('url is "host"')
  })

  it('fails at the start where scripts may not be run or nothing may be written', async () => {
    await using server = await service.startPrivate()
    const { url } = server.address
    await command(url, 'ACL', 'SETUSER', 'reader', 'on', '>secret', '~*', '+@all', '-@scripting')
    await expect(openRedisCoordination({ url: withCredentials(url, 'reader:secret') })).rejects.toThrow('NOPERM')
    await command(url, 'REPLICAOF', '127.0.0.1', '1')
    await expect(openRedisCoordination({ url })).rejects.toThrow('READONLY')
  })

  it('works with the rights that the documentation names', async () => {
    await using server = await service.startPrivate()
    const { url } = server.address
    const rights = '+@connection +@scripting +@hash +time +pexpire +info'.split(' ')
    await command(url, 'ACL', 'SETUSER', 'millrace', 'on', '>secret', '~millrace:*', ...rights)
    await using system = new TestSystem(withCredentials(url, 'millrace:secret'), { keyPrefix: 'millrace:' })
    const coordination = await system.open()
    expect(await coordination.concurrencyLimit('account', { max: 1 }).request()).toBe(true)
    expect(await coordination.rateLimiter('write', { countPerSecond: 1, bytesPerSecond: 1 }).take('a', 1, 1)).toBe(true)
  })

  it('may be to a cluster', async () => {
    await using server = await service.startPrivate({ settings: { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' } })
    const { url } = server.address
    const slots = Array.from({ length: 16_384 }, (_, slot) => String(slot))
    await command(url, 'CLUSTER', 'ADDSLOTS', ...slots)
    await eventually('the cluster is there', async () => String(await command(url, 'CLUSTER', 'INFO')).includes('cluster_state:ok'))
    await using system = new TestSystem(url.replace('redis://', 'redis+cluster://'))
    const [one, two] = [await system.open(), await system.open()]
    const limit = one.concurrencyLimit('account', { max: 3 })
    expect(await takeWhatIsThere(limit)).toBeGreaterThan(0)
    await limit.take(never)
    await eventually('both know of both', () => one.stats().processes === 2 && two.stats().processes === 2)
    expect(await two.rateLimiter('write', { countPerSecond: 10, bytesPerSecond: 10 }).take('logs/shardId-000000000000', 1, 1)).toBe(true)
    await server.kill()
    await eventually('an outage is noticed', () => one.stats().degraded && two.stats().degraded)
  })

  it('fails at the start where nothing answers in time', async () => {
    await using server = await service.startPrivate()
    await server.pause()
    await expect(openRedisCoordination({ url: server.address.url, connectTimeoutMs: 200 })).rejects.toThrow('no connection within 200 ms')
    await server.resume()
  })
})
