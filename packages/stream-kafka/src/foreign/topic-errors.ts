import { StreamGoneError, StreamNotFoundError } from '@millrace/stream'

/** There is no such topic. It is not made: that is for whoever writes to it. */
export class TopicNotFoundError extends StreamNotFoundError {
  constructor(topic: string, bootstrapServers: string) {
    super(`kafka://${topic}`, [])
    this.message = `The Kafka at ${bootstrapServers} has no topic "${topic}". It is not made by reading from it: make it, or look at the name.`
  }
}

/** The topic was deleted while it was read from, or deleted and made again. */
export class TopicGoneError extends StreamGoneError {
  constructor(topic: string) {
    super(`kafka://${topic}`)
    this.message = `The Kafka topic "${topic}" was deleted.`
  }
}
