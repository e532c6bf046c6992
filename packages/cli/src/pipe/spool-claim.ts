import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ownName, parseOwner, stateOf } from './spool-owner.ts'
import { parseSegmentName, segmentName } from './spool-segment.ts'

/** Below this directory, every pipe to the destination has a spool. */
export function destinationDirectory(directory: string, destinationName: string): string {
  const label = destinationName.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60)
  return join(directory, `${label}-${createHash('sha256').update(destinationName).digest('hex').slice(0, 8)}`)
}

/** A spool's directory that is this process's. */
export interface SpoolClaim {
  readonly path: string
  /** Spools of other machines that hold something: they are left alone. */
  readonly foreign: readonly string[]
}

/** Whether pipes that ended left a spool. */
export async function hasLeftovers(root: string): Promise<boolean> {
  for (const name of await list(root)) {
    const owner = parseOwner(name)
    if (owner !== undefined && (await stateOf(owner)) !== 'alive') return true
  }
  return false
}

/** Makes a spool directory below `root`, and takes over the segments that dead pipes left there, in their order. */
export async function claimSpool(root: string): Promise<SpoolClaim> {
  const path = join(root, await ownName())
  await mkdir(path, { recursive: true })
  const foreign: string[] = []
  let adopted = 0
  for (const name of await list(root)) {
    const owner = parseOwner(name)
    if (owner === undefined) continue
    const state = await stateOf(owner)
    if (state === 'unknown') foreign.push(join(root, name))
    if (state !== 'dead') continue
    const target = join(path, `adopted-${adopted++}`)
    await rename(join(root, name), target).catch(ignoreMissing)
  }
  let next = 1
  for (const segment of await collect(path)) await rename(segment.path, join(path, segmentName(next++, segment.offset)))
  for (const name of await list(path)) {
    if (parseSegmentName(name) === undefined) await rm(join(path, name), { recursive: true, force: true })
  }
  return { path, foreign }
}

/** Segments below a directory: a pipe that died while it took over others' has them in directories of its own. */
async function collect(directory: string): Promise<{ path: string; offset: number }[]> {
  const segments: { path: string; offset: number }[] = []
  const names = (await list(directory)).toSorted()
  for (const name of names.filter((name) => parseSegmentName(name) === undefined)) segments.push(...(await collect(join(directory, name))))
  for (const name of names) {
    const parsed = parseSegmentName(name)
    if (parsed !== undefined) segments.push({ path: join(directory, name), offset: parsed.offset })
  }
  return segments
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

/** Another pipe was faster. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
