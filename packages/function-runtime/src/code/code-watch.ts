import type { Clock } from '../clock.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { codeFiles, codeRoot } from './code-files.ts'

export interface CodeWatchOptions {
  readonly functions: readonly FunctionDefinition[]
  readonly clock: Clock
  /** Between two looks at the files; a change counts once the files stay as they are from one look to the next. 300 ms by default. */
  readonly intervalMs?: number
  /** The code of these functions has changed. */
  onChange(functionNames: readonly string[]): void
}

interface Watched {
  readonly names: readonly string[]
  /** The files as they were when their functions were told last, and at the last look. */
  told: string
  seen: string
}

/**
 * Looks at the files of Lambda handlers for changes, below each CodeUri and without installed packages. By looking, and not by being told: that works on
 * every file system, and costs the same whatever happens there.
 */
export class CodeWatch {
  readonly #options: CodeWatchOptions
  readonly #watched = new Map<string, Watched>()
  #cancel: (() => void) | undefined
  #closed = false

  private constructor(options: CodeWatchOptions) {
    this.#options = options
  }

  /** Resolves when it knows the files as they are now. */
  static async start(options: CodeWatchOptions): Promise<CodeWatch> {
    const watch = new CodeWatch(options)
    const lambdas = options.functions.filter(({ kind }) => kind === 'lambda')
    for (const root of new Set(lambdas.map(codeRoot))) {
      const state = await stateOf(root)
      const names = lambdas.filter((each) => codeRoot(each) === root).map(({ name }) => name)
      watch.#watched.set(root, { names, told: state, seen: state })
    }
    watch.#plan()
    return watch
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }

  #plan(): void {
    const { clock, intervalMs = 300 } = this.#options
    this.#cancel = clock.schedule(intervalMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    for (const [root, watched] of this.#watched) {
      const state = await stateOf(root)
      if (this.#closed) return
      const settled = state === watched.seen
      watched.seen = state
      if (!settled || state === watched.told) continue
      watched.told = state
      this.#options.onChange(watched.names)
    }
    this.#plan()
  }
}

async function stateOf(root: string): Promise<string> {
  return JSON.stringify(await codeFiles(root))
}
