import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/**
 * A script of the benchmarks in a process of its own, so that its work is nobody else's CPU time. It is given its options as JSON in its first argument, takes
 * questions as messages, and answers each with one message; the first message says that it is ready.
 */
export class Script<Ready> {
  readonly ready: Ready
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child
    this.ready = ready
  }

  static async start<Ready>(file: string, options: object): Promise<Script<Ready>> {
    const child = fork(new URL(`../pipeline/${file}`, import.meta.url), [JSON.stringify(options)], { serialization: 'advanced' })
    return new Script(child, await nextMessage<Ready>(child, file))
  }

  get pid(): number {
    return this.#child.pid as number
  }

  async ask<Answer>(question: object | string): Promise<Answer> {
    const answer = nextMessage<Answer>(this.#child, 'The script')
    this.#child.send(question)
    return answer
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}

async function nextMessage<Message>(child: ChildProcess, name: string): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>()
  const failed = (): void => reject(new Error(`${name} ended before it answered.`))
  child.once('message', resolve)
  child.once('exit', failed)
  try {
    return await promise
  } finally {
    child.off('message', resolve)
    child.off('exit', failed)
  }
}

/** The script's side: says that it is ready, then answers questions. Ends when whoever started it is gone. */
export function serve<Options, Question>(
  start: (options: Options) => Promise<{ readonly ready: object; readonly answer: (question: Question) => Promise<object> }>,
): void {
  void start(JSON.parse(process.argv[2] as string) as Options).then(({ ready, answer }) => {
    process.on('disconnect', () => process.exit())
    process.on('message', (question: Question) => void answer(question).then((message) => process.send?.(message)))
    process.send?.(ready)
  })
}
