import { randomUUID } from 'node:crypto'
import { removeTraces } from './remove-traces.ts'

/** A system over services that are shared with other tests, under a name of its own. What it leaves there goes with the block. */
export class SharedSystem implements AsyncDisposable {
  readonly name: string = `t${randomUUID().slice(0, 8)}`
  readonly elasticsearchUrl: string
  readonly #brokers: readonly string[]

  constructor(brokers: readonly string[], elasticsearchUrl: string) {
    this.#brokers = brokers
    this.elasticsearchUrl = elasticsearchUrl
  }

  /** For `millrace up`. */
  get args(): string[] {
    const { name } = this
    const kafka = ['--kafka', this.#brokers.join(','), '--kafka-topic-prefix', `${name}-`]
    return [...kafka, '--elasticsearch', this.elasticsearchUrl, '--namespace', name]
  }

  [Symbol.asyncDispose](): Promise<void> {
    const { elasticsearchUrl, name } = this
    return removeTraces({ brokers: this.#brokers, topicPrefix: `${name}-`, elasticsearchUrl, namespace: name })
  }
}
