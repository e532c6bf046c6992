import { expect, it } from 'vitest'
import { buildProgram } from '../program.ts'
import { renderReference } from './render-reference.ts'

it('is what docs/reference-cli.md says (renew it with vitest --update)', async () => {
  await expect(renderReference(buildProgram(new AbortController().signal))).toMatchFileSnapshot('../../../../docs/reference-cli.md')
})
