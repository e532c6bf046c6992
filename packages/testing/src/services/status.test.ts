import { expect, test } from 'vitest'
import { describeStatus } from './status.ts'

test.each([
  [{ name: 'kafka', state: 'stopped' }, 'kafka           stopped'],
  [
    {
      name: 'kafka',
      state: 'running',
      version: '4.3.1',
      address: { brokers: ['127.0.0.1:29092'] },
      backend: 'process',
      pid: 7,
      rssMb: 240,
      kept: true,
    },
    'kafka           running   127.0.0.1:29092 4.3.1, pid 7, 240 MiB, until stopped',
  ],
  [
    {
      name: 'redis',
      state: 'running',
      version: '6.2',
      address: { url: 'redis://127.0.0.1:26379' },
      backend: 'docker',
      kept: false,
      testRuns: 2,
    },
    'redis           running   redis://127.0.0.1:26379 6.2, docker, for 2 test runs',
  ],
] as const)('one line: %j', (status, line) => {
  expect(describeStatus(status)).toBe(line)
})
