import { describe, expect, it } from 'vitest'
import { timestamped } from './timestamped.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '2026-11-21 09:31:00 status installed libc-bin:amd64 2.36',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message: 'status installed libc-bin:amd64 2.36',
    },
  },
  {
    line: '2026/11/21 10:00:00 http: server started',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T09:00:00.000Z',
      message: 'http: server started',
    },
  },
  {
    line: '2026-11-21 09:31:00.123 UTC [123] LOG:  database system is ready',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: 'database system is ready',
      log: {
        level: 'info',
      },
      process: {
        pid: 123,
      },
    },
  },
  {
    line: '2026-11-21T09:31:00Z INFO starting up',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: 'starting up',
      log: {
        level: 'info',
      },
    },
  },
  {
    line: '2026-11-21T09:31:00Z [warn] main: careful',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: 'careful',
      log: {
        level: 'warn',
        logger: 'main',
      },
    },
  },
  {
    line: '[21-Nov-2026 09:31:00 UTC] PHP Notice:  Undefined index',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: 'PHP Notice:  Undefined index',
    },
  },
  {
    line: 'Sat, 21 Nov 2026 09:31:00 GMT something',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: 'something',
    },
  },
  {
    line: '21.11.2026 09:31:00 etwas',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message: 'etwas',
    },
  },
  {
    line: '0000-01-01 00:00:00 nonsense',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'nonsense',
      labels: {
        timestamp: '0000-01-01 00:00:00',
      },
    },
  },
  {
    line: '2999-01-01 00:00:00 far future',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'far future',
      labels: {
        timestamp: '2999-01-01 00:00:00',
      },
    },
  },
  {
    line: '2026-11-21 09:31:00 error messages begin like this',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message: 'error messages begin like this',
    },
  },
  {
    line: '2026-11-21T09:31:00Z',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: '2026-11-21T09:31:00Z',
    },
  },
]

describe('timestamped', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: timestamped.name, dataset: example.dataset, document: example.document })
  })
})
