import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { optionRows } from '../test/support/option-rows.ts'
import { testServer } from '../test/support/test-gateway.ts'
import { ingestHeaderNames } from './ingest/ingest-headers.ts'

const page = readFileSync(new URL('../../../docs/reference-http.md', import.meta.url), 'utf8')

describe('docs/reference-http.md', () => {
  it.each(optionRows())('has the row %s', (row) => {
    expect(page).toContain(row)
  })

  it.each(ingestHeaderNames)('has the header %s', (name) => {
    expect(page).toContain(`| \`${name}\` |`)
  })

  it('has every path', async () => {
    const { paths } = (await testServer().server.inject('/')).json<{ paths: string[] }>()
    for (const path of paths) expect(page, path).toContain(`\`${path}\``)
  })
})
