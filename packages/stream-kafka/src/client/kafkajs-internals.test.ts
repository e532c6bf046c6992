import { expect, it } from 'vitest'
import { closeBroker, createBroker, describeCode, wireRequestOf } from './kafkajs-internals.ts'

const settings = { clientId: 'test', ssl: false, sasl: undefined, connectionTimeoutMs: 1_000, requestTimeoutMs: 1_000 }

it('has the connections that the adapter counts on: one for fetches, one for everything else', async () => {
  const broker = await createBroker('127.0.0.1', 1, settings)
  expect(broker.connectionPool).toMatchObject({ host: '127.0.0.1', port: 1 })
  expect(broker.connectionPool.pool).toHaveLength(2)
  for (const connection of broker.connectionPool.pool) {
    expect(connection.isConnected()).toBe(false)
    for (const method of ['connect', 'disconnect', 'rejectRequests'] as const) expect(connection[method]).toBeTypeOf('function')
    expect(connection.requestQueue).toMatchObject({ pending: [], scheduleCheckPendingRequests: expect.any(Function) })
  }
  expect(broker.isConnected()).toBe(false)
  await expect(broker.connect()).rejects.toMatchObject({ name: 'KafkaJSConnectionError' })
  await closeBroker(broker, new Error('over'))
})

it('makes one connection for requests that come while it is made', async () => {
  const broker = await createBroker('127.0.0.1', 1, settings)
  const [connection] = broker.connectionPool.pool
  let made = 0
  if (connection !== undefined) {
    connection.connect = async () => {
      made += 1
      throw new Error('refused')
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => broker.connectionPool.getConnection(0)))
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(made).toBe(1)
  await expect(broker.connectionPool.getConnection(0)).rejects.toThrow('refused')
  expect(made).toBe(2)
})

it("knows Kafka's error codes by name", () => {
  expect(describeCode(1)).toMatchObject({ type: 'OFFSET_OUT_OF_RANGE' })
  expect(describeCode(27)).toMatchObject({ type: 'REBALANCE_IN_PROGRESS' })
  expect(describeCode(6)).toMatchObject({ type: 'NOT_LEADER_FOR_PARTITION', retryable: true })
  expect(describeCode(29)).toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED', retryable: false })
  expect(describeCode(9_999).type).toBeTypeOf('string')
})

it('encodes requests in the version that is asked for', async () => {
  const { request } = wireRequestOf('Fetch', 11, { maxWaitTime: 5, minBytes: 1, maxBytes: 10, topics: [], rackId: '' })
  expect(request).toMatchObject({ apiKey: 1, apiVersion: 11 })
  expect((await request.encode()).buffer.length).toBeGreaterThan(20)
})
