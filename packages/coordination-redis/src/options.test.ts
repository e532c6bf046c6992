import { expect, it } from 'vitest'
import { resolveOptions } from './options.ts'

const url = 'redis://localhost'

it('fills in defaults that go together', () => {
  expect(resolveOptions({ url })).toMatchObject({ keyPrefix: 'millrace:', leaseMs: 10_000, renewMs: 1_000, blockMax: 100 })
  expect(resolveOptions({ url, leaseMs: 900, renewMs: 100 })).toMatchObject({ commandTimeoutMs: 300 })
})

it.each([
  [{ leaseMs: 10 }, 'leaseMs is 10; it has to be a whole number from 30 to 3600000.'],
  [{ renewMs: 6_000 }, 'renewMs is 6000; it has to be a whole number from 10 to 5000.'],
  [{ leaseMs: 900, renewMs: 100, commandTimeoutMs: 500 }, 'commandTimeoutMs is 500; it has to be a whole number from 10 to 300.'],
  [{ blockMax: 0 }, 'blockMax is 0'],
  [{ connectTimeoutMs: 1.5 }, 'connectTimeoutMs is 1.5'],
  [{ keyPrefix: '{a}:' }, 'keyPrefix is "{a}:"; it must not have braces.'],
])('refuses %o', (options, message) => {
  expect(() => resolveOptions({ url, ...options })).toThrow(message)
})
