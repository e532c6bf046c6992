import { expect, it } from 'vitest'
import { functionNameOf } from './function-reference.ts'

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f'

it.each(['f', 'f:$LATEST', 'function:f', '000000000000:f', '000000000000:function:f', arn, `${arn}:$LATEST`])(
  '%s is the function f',
  (text) => {
    expect(functionNameOf(text)).toBe('f')
    expect(functionNameOf(text, '$LATEST')).toBe('f')
  },
)

it.each([
  ['f:live', undefined, `Function not found: ${arn}:live`],
  ['f', '7', `Function not found: ${arn}:7`],
  [`${arn}:live`, '$LATEST', 'does not match the specified qualifier'],
])('%s with the qualifier %s is none', (text, qualifier, message) => {
  expect(() => functionNameOf(text, qualifier)).toThrow(message)
})
