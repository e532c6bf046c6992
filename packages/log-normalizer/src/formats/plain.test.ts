import { describe, expect, it } from 'vitest'
import { plain } from './plain.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: 'just text',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'just text',
    },
  },
  {
    line: 'ERROR: with a level',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'ERROR: with a level',
      log: {
        level: 'error',
      },
    },
  },
  {
    line: 'TypeError: x is undefined\n    at foo (file.js:1:2)',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'TypeError: x is undefined',
      error: {
        type: 'TypeError',
        message: 'x is undefined',
        stack_trace: 'TypeError: x is undefined\n    at foo (file.js:1:2)',
      },
    },
  },
  {
    line: 'Failed: TypeError: x is undefined\n    at foo (file.js:1:2)',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'Failed: TypeError: x is undefined',
      error: {
        type: 'TypeError',
        message: 'x is undefined',
        stack_trace: 'TypeError: x is undefined\n    at foo (file.js:1:2)',
      },
    },
  },
  {
    line: 'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/main.go:5 +0x1d',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'panic: runtime error: index out of range',
      error: {
        type: 'panic',
        message: 'runtime error: index out of range',
        stack_trace: 'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/main.go:5 +0x1d',
      },
    },
  },
  {
    line: 'two\nlines',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'two\nlines',
    },
  },
  {
    line: '{"cut":"sho',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '{"cut":"sho',
    },
  },
  {
    line: '[1,2]',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '[1,2]',
    },
  },
  {
    line: '{not json}',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '{not json}',
    },
  },
  {
    line: 'a nul \u0000, an escape \u001b[1m, "quotes" and \\',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'a nul \u0000, an escape \u001b[1m, "quotes" and \\',
    },
  },
  {
    line: '',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '',
    },
  },
  {
    line: '   ',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '   ',
    },
  },
  {
    line: '2026-13-45 99:99:99 no date',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '2026-13-45 99:99:99 no date',
    },
  },
  {
    line: '<999>Nov 21 no priority',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '<999>Nov 21 no priority',
    },
  },
  {
    line: 'key=value and text',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'key=value and text',
    },
  },
  {
    line: 'I am not klog',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'I am not klog',
    },
  },
  {
    line: '-',
    dataset: 'generic',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '-',
    },
  },
]

describe('plain', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: plain.name, dataset: example.dataset, document: example.document })
  })
})
