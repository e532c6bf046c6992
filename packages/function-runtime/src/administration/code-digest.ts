import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FunctionDefinition } from '../function-definition.ts'

/** What a function's code is at present. */
export interface CodeDigest {
  /** Base64. */
  readonly sha256: string
  readonly bytes: number
  /** Of the file that was changed last, milliseconds since the epoch. */
  readonly modifiedTimestamp: number
}

interface CodeFile {
  readonly path: string
  readonly bytes: number
  readonly modifiedTimestamp: number
}

const filesMax = 5_000
const skipped = new Set(['node_modules', '.git'])

/** Digests of functions' files, installed packages left out. Files are read again when one of them has changed. */
export class CodeDigests {
  readonly #known = new Map<string, { readonly state: string; readonly digest: CodeDigest }>()

  async of(definition: FunctionDefinition): Promise<CodeDigest> {
    const root = definition.kind === 'lambda' ? definition.directory : fileURLToPath(definition.module)
    const files = await codeFiles(root)
    const state = JSON.stringify(files)
    const known = this.#known.get(definition.name)
    if (known?.state === state) return known.digest
    const digest = await digestOf(root, files)
    this.#known.set(definition.name, { state, digest })
    return digest
  }
}

/** Files below a directory, or the file itself, ascending by path; at most `filesMax`, and none where there is no such directory. */
async function codeFiles(root: string): Promise<CodeFile[]> {
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

async function digestOf(root: string, files: readonly CodeFile[]): Promise<CodeDigest> {
  const hash = createHash('sha256')
  let [bytes, modifiedTimestamp] = [0, 0]
  for (const file of files) {
    hash.update(`${relative(root, file.path)}\0${file.bytes}\0`)
    hash.update(await readFile(file.path).catch(() => Buffer.alloc(0)))
    bytes += file.bytes
    modifiedTimestamp = Math.max(modifiedTimestamp, file.modifiedTimestamp)
  }
  return { sha256: hash.digest('base64'), bytes, modifiedTimestamp }
}
