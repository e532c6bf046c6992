import { describe, expect, it } from 'vitest'
import { python } from './python.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: 'INFO:root:hello',
    dataset: 'python',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'hello',
      log: {
        level: 'info',
        logger: 'root',
      },
    },
  },
  {
    line: 'ERROR:shop.orders:order failed\nTraceback (most recent call last):\n  File "x.py", line 1, in f\n    g()\nValueError: bad thing',
    dataset: 'python',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'order failed',
      log: {
        level: 'error',
        logger: 'shop.orders',
      },
      error: {
        type: 'ValueError',
        message: 'bad thing',
        stack_trace: 'Traceback (most recent call last):\n  File "x.py", line 1, in f\n    g()\nValueError: bad thing',
      },
    },
  },
  {
    line: '2026-11-21 10:00:00,123 - my.logger - WARNING - something',
    dataset: 'python',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'something',
      log: {
        level: 'warn',
        logger: 'my.logger',
      },
    },
  },
  {
    line: '[2026-11-21 10:00:00 +0000] [123] [INFO] Starting gunicorn 23.0.0',
    dataset: 'python',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'Starting gunicorn 23.0.0',
      log: {
        level: 'info',
      },
      process: {
        pid: 123,
      },
    },
  },
  {
    line: '[2026-11-21 10:00:00,123] ERROR in app: Exception on / [GET]',
    dataset: 'python',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'Exception on / [GET]',
      log: {
        level: 'error',
        logger: 'app',
      },
    },
  },
  {
    line: 'INFO:     Uvicorn running on http://127.0.0.1:8000',
    dataset: 'python',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'Uvicorn running on http://127.0.0.1:8000',
      log: {
        level: 'info',
      },
    },
  },
  {
    line: 'DEBUG 2026-11-21 10:00:00,123 views 12 1404 rendered',
    dataset: 'python',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'rendered',
      log: {
        level: 'debug',
        logger: 'views',
      },
      process: {
        pid: 12,
        thread: {
          id: 1404,
        },
      },
    },
  },
]

describe('python', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: python.name, dataset: example.dataset, document: example.document })
  })
})
