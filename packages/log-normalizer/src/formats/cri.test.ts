import { describe, expect, it } from 'vitest'
import { cri } from './cri.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '2026-11-21T09:31:00.123456789Z stdout F plain text',
    dataset: 'kubernetes.container_logs',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: 'plain text',
      labels: {
        stream: 'stdout',
      },
    },
  },
  {
    line: '2026-11-21T10:31:00.123456789+01:00 stderr P half a line',
    dataset: 'kubernetes.container_logs',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: 'half a line',
      labels: {
        stream: 'stderr',
        partial: 'true',
      },
    },
  },
  {
    line: '2026-11-21T09:31:00.1Z stdout F ',
    dataset: 'kubernetes.container_logs',
    document: {
      '@timestamp': '2026-11-21T09:31:00.100Z',
      message: '',
      labels: {
        stream: 'stdout',
      },
    },
  },
]

describe('cri', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: cri.name, dataset: example.dataset, document: example.document })
  })
})
