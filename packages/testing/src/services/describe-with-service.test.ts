import { expect, test } from 'vitest'
import { insteadOf } from './describe-with-service.ts'

const missing = 'kafka needs a Java runtime 17 or newer; found no Java at all.'

test('a missing service fails the suite with CI set, and says so', () => {
  expect(insteadOf('kafka', missing, { CI: 'true' })).toEqual({ fails: true, line: `${missing} (CI is set, so kafka must be there)` })
})

test.each([{}, { CI: '' }, { CI: 'false' }, { CI: '0' }])('a missing service skips the suite elsewhere: %j', (environment) => {
  expect(insteadOf('kafka', missing, environment)).toEqual({ fails: false, line: missing })
})
