import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { option, readOptions, switchedOn, wholeNumber } from './option.ts'

const table = {
  port: option({ flag: '--port <n>', env: 'TEST_PORT', description: 'port', schema: wholeNumber(0, 65_535), default: '4577' }),
  name: option({ flag: '-n, --service-name <name>', description: 'name', schema: z.string().optional() }),
  json: option({ flag: '--json', env: 'TEST_JSON', description: 'json', schema: switchedOn() }),
} as const

describe('readOptions', () => {
  it('takes the flag, else the environment, else the default', () => {
    expect(readOptions(table, { port: '1' }, { TEST_PORT: '2' })).toEqual({ port: 1, name: undefined, json: false })
    expect(readOptions(table, { serviceName: 'a' }, { TEST_PORT: '2', TEST_JSON: '1' })).toEqual({ port: 2, name: 'a', json: true })
    expect(readOptions(table, { json: true }, {})).toEqual({ port: 4577, name: undefined, json: true })
  })

  it('says which flag or variable is wrong, what it is, and what it should be', () => {
    expect(() => readOptions(table, { port: '99999' }, {})).toThrow('--port should be a whole number from 0 to 65,535, and is "99999".')
    expect(() => readOptions(table, {}, { TEST_PORT: 'x' })).toThrow('TEST_PORT should be a whole number from 0 to 65,535, and is "x".')
  })
})
