import { expect, test } from 'vitest'
import { pom } from './maven.ts'

test('a project names its artifacts, their types and what to leave out', () => {
  const text = pom([
    { group: 'org.a', name: 'one', version: '1', without: ['org.b:two', 'org.c:three'] },
    { group: 'org.d', name: 'four', version: '2', type: 'zip' },
  ])
  expect(text).toContain('<groupId>org.a</groupId><artifactId>one</artifactId><version>1</version><exclusions>')
  expect(text).toContain('<exclusion><groupId>org.c</groupId><artifactId>three</artifactId></exclusion>')
  expect(text).toContain('<artifactId>four</artifactId><version>2</version><type>zip</type></dependency>')
})
