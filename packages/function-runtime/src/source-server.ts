import { readFileSync, statSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

interface Source {
  readonly changedMs: number
  readonly text: string
}

/**
 * Gives execution environments the sources of TypeScript modules without their types. Each file is read and stripped once for all environments,
 * and again when it has changed.
 */
export class SourceServer {
  readonly #sources = new Map<string, Source>()
  readonly #sourcesMax: number

  constructor(sourcesMax = 2_000) {
    this.#sourcesMax = sourcesMax
  }

  /** The port is for the environment: it posts a URL, waits for the flag, and receives the source, or `undefined` when there is none to give. */
  connect(): { readonly port: MessagePort; readonly flag: SharedArrayBuffer; close(): void } {
    const { port1, port2 } = new MessageChannel()
    const shared = new SharedArrayBuffer(4)
    const flag = new Int32Array(shared)
    port1.on('message', (url: string) => {
      port1.postMessage(this.source(url))
      Atomics.store(flag, 0, 1)
      Atomics.notify(flag, 0)
    })
    port1.unref()
    return { port: port2, flag: shared, close: () => port1.close() }
  }

  /** The source of a file URL; `undefined` when it cannot be read or is not TypeScript that can be stripped. */
  source(url: string): string | undefined {
    try {
      const path = fileURLToPath(url)
      const changedMs = statSync(path).mtimeMs
      const known = this.#sources.get(url)
      if (known?.changedMs === changedMs) return known.text
      const text = strip(readFileSync(path, 'utf8'))
      if (this.#sources.size >= this.#sourcesMax) this.#sources.clear()
      this.#sources.set(url, { changedMs, text })
      return text
    } catch {
      return undefined
    }
  }
}

/** Node warns once that this function is experimental, though it runs every `.ts` file through it: of no use to whoever runs a log pipeline. */
function strip(source: string): string {
  const warn = Object.getOwnPropertyDescriptor(process, 'emitWarning')
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source)
  } finally {
    if (warn !== undefined) Object.defineProperty(process, 'emitWarning', warn)
  }
}
