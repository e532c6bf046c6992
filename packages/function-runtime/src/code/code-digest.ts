import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import type { FunctionDefinition } from '../function-definition.ts'
import { type CodeFile, codeFiles, codeRoot } from './code-files.ts'

/** What a function's code is at present. */
export interface CodeDigest {
  /** Base64. */
  readonly sha256: string
  readonly bytes: number
  /** Of the file that was changed last, milliseconds since the epoch. */
  readonly modifiedTimestamp: number
}

/** Digests of functions' files, installed packages left out. Files are read again when one of them has changed. */
export class CodeDigests {
  readonly #known = new Map<string, { readonly state: string; readonly digest: CodeDigest }>()

  async of(definition: FunctionDefinition): Promise<CodeDigest> {
    const root = codeRoot(definition)
    const files = await codeFiles(root)
    const state = JSON.stringify(files)
    const known = this.#known.get(definition.name)
    if (known?.state === state) return known.digest
    const digest = await digestOf(root, files)
    this.#known.set(definition.name, { state, digest })
    return digest
  }
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
