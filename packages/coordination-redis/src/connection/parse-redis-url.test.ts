import { describe, expect, it } from 'vitest'
import { parseRedisUrl } from './parse-redis-url.ts'

describe('parseRedisUrl', () => {
  it.each([
    ['redis://localhost', { kind: 'single', tls: false, addresses: [{ host: 'localhost', port: 6379 }], database: 0, password: undefined }],
    ['redis://[::1]:7000/3', { addresses: [{ host: '::1', port: 7000 }], database: 3 }],
    [
      'rediss://app:p%40ss%2F%3A@r.example:1/',
      { tls: true, username: 'app', password: 'p@ss/:', addresses: [{ host: 'r.example', port: 1 }] },
    ],
    ['redis://:secret@r', { username: undefined, password: 'secret', description: 'redis://…@r' }],
    [
      'redis+sentinel://:s@a,b:5000/main/2',
      {
        kind: 'sentinel',
        addresses: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 5000 },
        ],
        master: 'main',
        database: 2,
        password: 's',
      },
    ],
    [
      'rediss+cluster://a:1,b:2,c',
      {
        kind: 'cluster',
        tls: true,
        addresses: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
          { host: 'c', port: 6379 },
        ],
      },
    ],
  ])('reads %s', (url, expected) => {
    expect(parseRedisUrl(url)).toMatchObject(expected)
  })

  it.each([
    ['', 'it is none'],
    ['localhost:6379', 'it is none'],
    ['http://localhost', 'it is none'],
    ['redis://:secret@', 'it is none'],
    ['redis://:secret@a:0', '"a:0" is not a host and port'],
    ['redis://:secret@a:70000', '"a:70000" is not'],
    ['redis://:secret@a,b', 'several hosts need redis+sentinel:// or redis+cluster://'],
    ['redis://:secret@a/one', 'the database is not a number'],
    ['redis+cluster://:secret@a/1', 'a cluster has no databases'],
    ['redis+sentinel://:secret@a', 'the name of the master is missing'],
    ['redis://:secret%@a', 'write it as %25'],
  ])('refuses %s with a reason, and without the password', (url, reason) => {
    const parse = (): unknown => parseRedisUrl(url)
    expect(parse).toThrow(expect.objectContaining({ name: 'InvalidCoordinationOptionError', retryable: false }))
    expect(parse).toThrow(reason)
    expect(parse).not.toThrow('secret')
  })
})
