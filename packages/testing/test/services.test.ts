import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { kafkaAnswers } from '../src/services/kafka-answers.ts'
import { describeWithPrivate, describeWithService, kafka, redis } from '../src/services/index.ts'
import { redisRecipe } from '../src/services/redis.ts'

/** Says one line to a Redis and answers its first one. */
function ask(url: string, line: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(`${line}\r\n`))
    socket.once('error', reject)
    socket.once('data', (data) => {
      resolve(data.toString('latin1').split('\r\n')[0] ?? '')
      socket.destroy()
    })
  })
}

describeWithService(redis, 'the shared Redis', ({ url }) => {
  test('answers, and is the same for everyone who asks', async () => {
    expect(await ask(url, 'PING')).toBe('+PONG')
    expect(await redis.available()).toEqual({ url })
  })
})

describeWithPrivate(redis, 'a Redis of one’s own', () => {
  test('takes settings, and is another than the shared one', async () => {
    await using own = await redis.startPrivate({ settings: { requirepass: 'secret' } })
    expect(await ask(own.address.url, 'PING')).toMatch(/^-NOAUTH/)
    expect(await redis.available()).not.toEqual(own.address)
  })

  test('comes back at the same address after it was killed', async () => {
    await using own = await redis.startPrivate()
    await own.kill()
    await expect(ask(own.address.url, 'PING')).rejects.toThrow('ECONNREFUSED')
    await own.start()
    expect(await ask(own.address.url, 'PING')).toBe('+PONG')
  })

  test('stands still while it is paused, and answers afterwards', async () => {
    await using own = await redis.startPrivate()
    await own.pause()
    const answer = ask(own.address.url, 'PING')
    expect(await redisRecipe.answers(own.address)).toBe(false)
    await own.resume()
    expect(await answer).toBe('+PONG')
  })

  test('leaves nothing behind', async () => {
    const own = await redis.startPrivate()
    await own[Symbol.asyncDispose]()
    await expect(ask(own.address.url, 'PING')).rejects.toThrow('ECONNREFUSED')
    await expect(readdir(own.directory)).rejects.toThrow('ENOENT')
  })
})

describeWithPrivate(kafka, 'a Kafka of one’s own', () => {
  test('starts, is stopped, and starts again on its data', async () => {
    await using own = await kafka.startPrivate()
    const [broker = ''] = own.address.brokers
    expect(await kafkaAnswers(broker)).toBe(true)
    await own.stop()
    expect(await kafkaAnswers(broker)).toBe(false)
    await own.start()
    expect(await kafkaAnswers(broker)).toBe(true)
  })

  test('says what is wrong with a setting, with the end of the broker’s log', async () => {
    await expect(kafka.startPrivate({ settings: { 'num.io.threads': 'many' } })).rejects.toThrow(/num\.io\.threads/)
  })
})
