import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { exclusively } from './exclusively.ts'

const directory = mkdtempSync(join(tmpdir(), 'millrace-test-'))
beforeAll(() => void vi.stubEnv('MILLRACE_SERVICES_DIR', directory))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true })
})

test('one after the other, also after a failure; the later one is told that it waits', async () => {
  const order: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const first = exclusively('turn', async () => {
    await promise
    order.push('first fails')
    throw new Error('failed')
  })
  const waiting = (): void => {
    order.push('second waits')
    resolve()
  }
  const second = exclusively('turn', async () => void order.push('second begins'), { waiting })
  await expect(first).rejects.toThrow('failed')
  await second
  expect(order).toEqual(['second waits', 'first fails', 'second begins'])
})

test('who waits too long is told what is locked', async () => {
  await exclusively('busy', async () => {
    await expect(exclusively('busy', async () => {}, { waitMs: 0 })).rejects.toThrow(/busy\.lock is locked by another process/)
  })
})
