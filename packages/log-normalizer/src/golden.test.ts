import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ecsVersion } from './document-text.ts'
import type { FormatName } from './format-name.ts'
import { createNormalizer } from './normalizer.ts'

/** What so many lines of a log must become together. The document is without what all documents have. */
interface Expected {
  readonly lines: number
  readonly format: FormatName
  readonly document: { readonly event: { readonly dataset: string } }
}

/** 2026-11-21 11:00 UTC: an hour after the programs wrote these logs. */
const arrivalTimestamp = 1_795_258_800_000
const names = readdirSync(new URL('golden/', import.meta.url))
  .filter((name) => name.endsWith('.log'))
  .map((name) => name.slice(0, -4))

describe('logs that real programs wrote', () => {
  it.each(names)('%s', (name) => {
    const lines = readFileSync(new URL(`golden/${name}.log`, import.meta.url), 'utf8')
      .split('\n')
      .slice(0, -1)
    const expected = JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as readonly Expected[]
    const normalizer = createNormalizer({ timeZone: 'UTC' })
    const context = name === 'apache-access' ? { arrivalTimestamp, path: '/var/log/apache2/access.log' } : { arrivalTimestamp }
    for (const { lines: count, format, document } of expected) {
      const log = normalizer.normalize(Buffer.from(lines.splice(0, count).join('\n')), context)
      const { dataset } = document.event
      expect(log.format).toBe(format)
      expect(JSON.parse(log.source)).toEqual({
        ...document,
        ecs: { version: ecsVersion },
        data_stream: { type: 'logs', dataset, namespace: 'default' },
      })
    }
    expect(lines).toEqual([])
  })
})
