import { temporaryDirectory } from '@millrace/testing'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { CodeWatch } from './code-watch.ts'

it('tells which functions have new code: once a change is complete, and whatever file it is in', async () => {
  await using directory = await temporaryDirectory()
  const [one, other] = [join(directory.path, 'one'), join(directory.path, 'other')]
  for (const path of [one, other]) await mkdir(join(path, 'node_modules', 'x'), { recursive: true })
  await writeFile(join(one, 'index.mjs'), '1')
  const told: string[] = []
  let next = Promise.withResolvers<void>()
  const functions = [
    { kind: 'lambda', name: 'a', directory: one, handler: 'index.handler' },
    { kind: 'lambda', name: 'b', directory: one, handler: 'index.other' },
    { kind: 'lambda', name: 'c', directory: other, handler: 'index.handler' },
  ] as const
  const onChange = (names: readonly string[]): void => {
    told.push(names.join())
    next.resolve()
    next = Promise.withResolvers()
  }
  const watch = await CodeWatch.start({ functions, clock: systemClock, intervalMs: 5, onChange })
  try {
    let changed = next.promise
    await writeFile(join(one, 'index.mjs'), '22')
    await changed
    changed = next.promise
    await mkdir(join(other, 'lib'))
    await writeFile(join(other, 'lib', 'deep.mjs'), '1')
    await changed
    changed = next.promise
    await writeFile(join(one, 'node_modules', 'x', 'index.js'), '1')
    await rm(join(other, 'lib'), { recursive: true })
    await changed
  } finally {
    watch.close()
  }
  expect(told[0]).toBe('a,b')
  expect(new Set(told.slice(1))).toEqual(new Set(['c']))
})
