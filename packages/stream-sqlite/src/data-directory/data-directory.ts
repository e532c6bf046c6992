import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NewerVersionError } from '@millrace/stream'
import { DataDirectoryError } from './errors.ts'
import { writeFileWhole } from './write-file-whole.ts'

/** What kind of system a data directory last belonged to. Over Kafka, the records are elsewhere. */
export type DataDirectoryKind = 'embedded' | 'kafka'

export interface DataDirectoryDescription {
  readonly version: number
  readonly kind: DataDirectoryKind
}

/** Version of the layout of data directories that this program writes. */
const dataDirectoryVersion = 1

/**
 * What a data directory says of itself; undefined for one that is not there or is not one yet. Needs no claim.
 * Throws `NewerVersionError`, and `DataDirectoryError` for one that cannot be read.
 */
export async function readDataDirectory(path: string): Promise<DataDirectoryDescription | undefined> {
  let text: string
  try {
    text = await readFile(describedIn(path), 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new DataDirectoryError(path, reasonOf(error))
  }
  const found = parse(text)
  if (found === undefined)
    throw new DataDirectoryError(path, `${describedIn(path)} does not say what it should; it holds ${text.slice(0, 80)}`)
  if (found.version > dataDirectoryVersion) throw new NewerVersionError(`The data directory ${path}`, found.version, dataDirectoryVersion)
  return found
}

/** Records the kind, unless it is recorded already. */
export async function describeDataDirectory(path: string, kind: DataDirectoryKind): Promise<void> {
  const found = await readDataDirectory(path)
  if (found?.kind === kind && found.version === dataDirectoryVersion) return
  try {
    await writeFileWhole(describedIn(path), `${JSON.stringify({ version: dataDirectoryVersion, kind })}\n`)
  } catch (error) {
    throw new DataDirectoryError(path, reasonOf(error))
  }
}

/** A reason in words, of an error of the file system. */
export function reasonOf(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user may not write there',
    EPERM: 'this user may not write there',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    ENOENT: 'it does not exist',
    ENOTDIR: 'a part of the path is not a directory',
    EEXIST: 'it is not a directory',
  }
  return reasons[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error))
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function describedIn(path: string): string {
  return join(path, 'millrace.json')
}

function parse(text: string): DataDirectoryDescription | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('version' in value) || typeof value.version !== 'number') return undefined
    const kind = 'kind' in value ? value.kind : undefined
    // A newer version may know kinds that this one does not; its version is refused, not its kind.
    if (kind !== 'embedded' && kind !== 'kafka' && value.version <= dataDirectoryVersion) return undefined
    return { version: value.version, kind: kind as DataDirectoryKind }
  } catch {
    return undefined
  }
}
