import { describe, expect, it } from 'vitest'
import { apacheError } from './apache-error.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '[Sat Nov 21 10:00:00.123456 2026] [core:error] [pid 12:tid 140234567890] [client 192.0.2.4:5678] AH00124: Request exceeded the limit',
    dataset: 'apache.error',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'AH00124: Request exceeded the limit',
      log: {
        level: 'error',
      },
      process: {
        pid: 12,
        thread: {
          id: 140234567890,
        },
      },
      source: {
        address: '192.0.2.4',
        ip: '192.0.2.4',
        port: 5678,
      },
      labels: {
        module: 'core',
      },
    },
  },
  {
    line: '[Wed Oct 11 14:32:52 2023] [error] [client 2001:db8::1] client denied',
    dataset: 'apache.error',
    document: {
      '@timestamp': '2023-10-11T12:32:52.000Z',
      message: 'client denied',
      log: {
        level: 'error',
      },
      source: {
        address: '2001:db8::1',
        ip: '2001:db8::1',
      },
    },
  },
  {
    line: '[Sat Nov 21 10:00:00.123456 2026] [ssl:trace3] [pid 12] [remote 192.0.2.9:443] handshake',
    dataset: 'apache.error',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: '[remote 192.0.2.9:443] handshake',
      log: {
        level: 'trace',
      },
      process: {
        pid: 12,
      },
      labels: {
        module: 'ssl',
      },
    },
  },
]

describe('apache-error', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: apacheError.name, dataset: example.dataset, document: example.document })
  })
})
