import { describe, expect, it } from 'vitest'
import { klog } from './klog.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: 'I1121 09:31:00.123456    1234 controller.go:123] "Reconciling" pod="a/b"',
    dataset: 'klog',
    document: {
      '@timestamp': '2026-11-21T08:31:00.123Z',
      message: '"Reconciling" pod="a/b"',
      log: {
        level: 'info',
        origin: {
          file: {
            name: 'controller.go',
            line: 123,
          },
        },
      },
      process: {
        thread: {
          id: 1234,
        },
      },
    },
  },
  {
    line: 'E20261121 09:31:00.123456 1234 file.cc:9] failed',
    dataset: 'klog',
    document: {
      '@timestamp': '2026-11-21T08:31:00.123Z',
      message: 'failed',
      log: {
        level: 'error',
        origin: {
          file: {
            name: 'file.cc',
            line: 9,
          },
        },
      },
      process: {
        thread: {
          id: 1234,
        },
      },
    },
  },
  {
    line: 'W1231 23:59:59.999999       1 x.go:1] last year',
    dataset: 'klog',
    document: {
      '@timestamp': '2025-12-31T22:59:59.999Z',
      message: 'last year',
      log: {
        level: 'warn',
        origin: {
          file: {
            name: 'x.go',
            line: 1,
          },
        },
      },
      process: {
        thread: {
          id: 1,
        },
      },
    },
  },
]

describe('klog', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: klog.name, dataset: example.dataset, document: example.document })
  })
})
