import { describe, expect, it } from 'vitest'
import { findStackTrace } from './stack-trace.ts'

describe('findStackTrace', () => {
  it.each([
    ['java.io.IOException: disk\n\tat a.B.c(B.java:1)', { start: 0, type: 'java.io.IOException', message: 'disk' }],
    ['java.lang.NullPointerException\n\tat a.B.c(B.java:1)', { start: 0, type: 'java.lang.NullPointerException', message: undefined }],
    ['first\njava.io.IOException: two\nlines\n\tat a.B.c(B.java:1)', { start: 6, type: 'java.io.IOException', message: 'two\nlines' }],
    ['Exception in thread "main" java.lang.Error: x\n\tat a.B.c(B.java:1)', { start: 0, type: 'java.lang.Error', message: 'x' }],
    ['System.IO.IOException: disk\n   at A.B() in C.cs:line 1', { start: 0, type: 'System.IO.IOException', message: 'disk' }],
    ['TypeError [ERR_X]: bad\n    at f (a.js:1:2)', { start: 0, type: 'TypeError', message: 'bad' }],
    [
      'Traceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "a.py", line 3\napp.errors.Broken: x',
      { start: 0, type: 'app.errors.Broken', message: 'x' },
    ],
    ['panic: oh no\n\ngoroutine 1 [running]:\nmain.main()', { start: 0, type: 'panic', message: 'oh no' }],
    ['no exception\n    at least an indented line', { start: 13, type: undefined, message: undefined }],
    ['\n\tat a.b(C.java:1)', { start: 1, type: undefined, message: undefined }],
  ])('%s', (text, expected) => {
    expect(findStackTrace(text)).toEqual(expected)
  })

  it.each(['one line', 'two\nlines', 'at the start\nof a line at last', ''])('finds none in %j', (text) => {
    expect(findStackTrace(text)).toBeUndefined()
  })
})
