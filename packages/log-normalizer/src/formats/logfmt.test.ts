import { describe, expect, it } from 'vitest'
import { logfmt } from './logfmt.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: 'level=info ts=2026-11-21T09:31:00.123Z caller=main.go:12 msg="it\'s \\"up\\"" port=8080 took=1.5s',
    dataset: 'logfmt',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: 'it\'s "up"',
      log: {
        level: 'info',
        origin: {
          file: {
            name: 'main.go',
            line: 12,
          },
        },
      },
      labels: {
        took: '1.5s',
      },
      numeric_labels: {
        port: 8080,
      },
    },
  },
  {
    line: 'time="2026-11-21T09:31:00+01:00" level=warning msg="from logrus" err="no such host" id=007',
    dataset: 'logfmt',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message: 'from logrus',
      log: {
        level: 'warn',
      },
      error: {
        message: 'no such host',
      },
      labels: {
        id: '007',
      },
    },
  },
  {
    line: 'a=1 a=2 b= constructor=x',
    dataset: 'logfmt',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'a=1 a=2 b= constructor=x',
      labels: {
        b: '',
        constructor: 'x',
      },
      numeric_labels: {
        a: [1, 2],
      },
    },
  },
]

describe('logfmt', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: logfmt.name, dataset: example.dataset, document: example.document })
  })
})
