import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NewerVersionError } from '@millrace/stream'
import { temporaryDirectory } from '@millrace/testing'
import { expect, it } from 'vitest'
import { claimDataDirectory, DataDirectoryError, DataDirectoryInUseError, readDataDirectory } from '../src/index.ts'
import { Child } from './child.ts'

const script = new URL('./processes/claim-until-killed.ts', import.meta.url)

it('belongs to one process, which the others are told of, and is free when that was killed', async () => {
  await using directory = await temporaryDirectory()
  await using owner = new Child(script, [directory.path, 'http://127.0.0.1:4577'])
  await owner.printed(1)
  const refusal = await claimDataDirectory(directory.path).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(DataDirectoryInUseError)
  expect(refusal).toMatchObject({ url: 'http://127.0.0.1:4577', pid: owner.pid, retryable: true, path: directory.path })
  expect(String(refusal)).toContain('http://127.0.0.1:4577')
  await owner.kill()
  const claim = await claimDataDirectory(directory.path)
  await claim.release()
})

it('is in use without an address until its owner serves', async () => {
  await using directory = await temporaryDirectory()
  await using owner = new Child(script, [directory.path])
  await owner.printed(1)
  await expect(claimDataDirectory(directory.path)).rejects.toMatchObject({ url: undefined, pid: owner.pid })
})

it('does not name an owner that was killed before the present one', async () => {
  await using directory = await temporaryDirectory()
  const first = new Child(script, [directory.path, 'http://127.0.0.1:1'])
  await first.printed(1)
  await first.kill()
  await using second = new Child(script, [directory.path])
  await second.printed(1)
  await expect(claimDataDirectory(directory.path)).rejects.toMatchObject({ url: undefined, pid: second.pid })
})

it('is claimed once within a process too, and again after a release', async () => {
  await using directory = await temporaryDirectory()
  const claim = await claimDataDirectory(directory.path)
  await claim.publish('http://127.0.0.1:2')
  await expect(claimDataDirectory(directory.path)).rejects.toMatchObject({ url: 'http://127.0.0.1:2', pid: process.pid })
  await expect(claimDataDirectory(directory.path)).rejects.toBeInstanceOf(DataDirectoryInUseError)
  await claim.release()
  await claim.release()
  await (await claimDataDirectory(directory.path)).release()
})

it('says what kind of system it belonged to last', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'new', 'data')
  expect(await readDataDirectory(path)).toBeUndefined()
  await (await claimDataDirectory(path, { create: true })).release()
  expect(await readDataDirectory(path)).toEqual({ version: 1, kind: 'embedded' })
  await (await claimDataDirectory(path, { kind: 'kafka' })).release()
  expect(await readDataDirectory(path)).toEqual({ version: 1, kind: 'kafka' })
})

it('is left alone when a newer version wrote it', async () => {
  await using directory = await temporaryDirectory()
  await writeFile(join(directory.path, 'millrace.json'), '{"version": 99, "kind": "quantum"}')
  await expect(readDataDirectory(directory.path)).rejects.toBeInstanceOf(NewerVersionError)
  await expect(claimDataDirectory(directory.path)).rejects.toThrow(/version 99/)
  expect(await readdir(directory.path)).toEqual(['millrace.json'])
})

it('must be a directory that can be written', async () => {
  await using directory = await temporaryDirectory()
  const file = join(directory.path, 'file')
  await writeFile(file, '')
  await expect(claimDataDirectory(join(directory.path, 'none'))).rejects.toThrow(/none cannot be used: it does not exist/)
  await expect(claimDataDirectory(file)).rejects.toThrow(/file cannot be used: it is not a directory/)
  await expect(claimDataDirectory(join(file, 'below'), { create: true })).rejects.toBeInstanceOf(DataDirectoryError)
  // Not even root can write to proc.
  await expect(claimDataDirectory('/proc')).rejects.toBeInstanceOf(DataDirectoryError)
  await mkdir(join(directory.path, 'odd'))
  await writeFile(join(directory.path, 'odd', 'millrace.json'), 'not JSON')
  await expect(claimDataDirectory(join(directory.path, 'odd'))).rejects.toThrow(/does not say what it should/)
})
