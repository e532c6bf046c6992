import { describe, expect, it } from 'vitest'
import { docker } from './docker.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '{"log":"plain text\\n","stream":"stderr","time":"2026-11-21T09:31:00.123456789Z"}',
    dataset: 'docker.container_logs',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: 'plain text',
      labels: {
        stream: 'stderr',
      },
    },
  },
  {
    line: '{"log":"\\n","stream":"stdout","time":"2026-11-21T09:31:00.1Z","attrs":{"tag":"web"}}',
    dataset: 'docker.container_logs',
    document: {
      '@timestamp': '2026-11-21T09:31:00.100Z',
      message: '',
      labels: {
        stream: 'stdout',
        tag: 'web',
      },
    },
  },
]

describe('docker', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: docker.name, dataset: example.dataset, document: example.document })
  })
})
