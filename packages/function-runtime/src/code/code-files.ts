import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FunctionDefinition } from '../function-definition.ts'

/** A file of a function's code. */
export interface CodeFile {
  readonly path: string
  readonly bytes: number
  readonly modifiedTimestamp: number
}

const filesMax = 5_000
const skipped = new Set(['node_modules', '.git'])

/** Where a function's code is: a directory, or a file. */
export function codeRoot(definition: FunctionDefinition): string {
  return definition.kind === 'lambda' ? definition.directory : fileURLToPath(definition.module)
}

/** Files below a directory, or the file itself, ascending by path; installed packages left out, at most 5,000, and none where there is no such place. */
export async function codeFiles(root: string): Promise<CodeFile[]> {
  const files: CodeFile[] = []
  const pending = [root]
  for (let path = pending.shift(); path !== undefined && files.length < filesMax; path = pending.shift()) {
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() === true) files.push({ path, bytes: found.size, modifiedTimestamp: found.mtimeMs })
    if (found?.isDirectory() !== true) continue
    const entries = await readdir(path, { withFileTypes: true }).catch((): Dirent[] => [])
    for (const entry of entries) if (!skipped.has(entry.name)) pending.push(join(path, entry.name))
  }
  return files.toSorted((one, other) => (one.path < other.path ? -1 : 1))
}
