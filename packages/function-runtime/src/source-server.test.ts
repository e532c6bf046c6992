import { temporaryDirectory } from '@millrace/testing'
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { SourceServer } from './source-server.ts'

it('gives sources without their types, each line and column where it was, and anew when they change', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'a.ts')
  const url = pathToFileURL(path).href
  const sources = new SourceServer()
  await writeFile(path, 'export const a: number = 1\n')
  expect(sources.source(url)).toBe('export const a         = 1\n')
  await writeFile(path, 'export const a: number = 2\n')
  await utimes(path, 1, 1)
  expect(sources.source(url)).toBe('export const a         = 2\n')
})

it('leaves to Node what it cannot give: no file, no TypeScript that can be stripped', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'a.ts')
  await writeFile(path, 'enum A { B }')
  const sources = new SourceServer()
  expect(sources.source(pathToFileURL(path).href)).toBeUndefined()
  expect(sources.source(`${pathToFileURL(path).href}x`)).toBeUndefined()
})
