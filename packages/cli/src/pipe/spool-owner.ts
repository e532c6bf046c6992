import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/*
 * Each pipe spools to a directory of its own, whose name says who owns it. So no lock can go stale: whether the owner lives can be told, and what a dead one
 * left is taken over by renaming its directory, at which only one can succeed.
 */
export interface SpoolOwner {
  readonly host: string
  readonly pid: number
  /** When the process began, in ticks since the machine did: it tells a process from a later one of the same number. Empty where that cannot be known. */
  readonly started: string
}

/** A new name for a directory of this process. */
export async function ownName(): Promise<string> {
  return `${hostLabel()}~${process.pid}~${(await startOf(process.pid)) ?? ''}~${randomUUID().slice(0, 8)}`
}

/** The owner that a directory's name tells; undefined for any other name. */
export function parseOwner(name: string): SpoolOwner | undefined {
  const match = /^([^~]+)~(\d+)~(\d*)~[0-9a-f]{8}$/.exec(name)
  return match === null ? undefined : { host: match[1] as string, pid: Number(match[2]), started: match[3] as string }
}

/** `unknown` for the owner on another machine: its processes cannot be seen from here. */
export async function stateOf(owner: SpoolOwner): Promise<'alive' | 'dead' | 'unknown'> {
  if (owner.host !== hostLabel()) return 'unknown'
  if (!exists(owner.pid)) return 'dead'
  const started = await startOf(owner.pid)
  return owner.started === '' || started === undefined || started === owner.started ? 'alive' : 'dead'
}

function hostLabel(): string {
  return hostname().replaceAll(/[^A-Za-z0-9.-]/g, '_') || 'host'
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name of the program stands in parentheses and may hold anything; the 20th field behind it is the start.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
