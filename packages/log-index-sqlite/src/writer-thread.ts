import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { DayFilesOptions } from './day-files.ts'
import type { BulkMessage, WriterMessage } from './protocol.ts'
import { Writer } from './writer.ts'

/** What the thread is started with. */
export interface WriterThreadData extends DayFilesOptions {
  readonly pendingBytesMax: number
  readonly idleTimeoutMs: number
}

/** What the thread is told by the index. */
export type WriterCommand =
  | { readonly type: 'connect'; readonly port: MessagePort }
  | { readonly type: 'drop'; readonly before: number }
  | { readonly type: 'close' }

const main = parentPort as MessagePort
const data = workerData as WriterThreadData
const writer = new Writer(data)
const pendingBytes = new SharedArrayBuffer(4)
const ports = new Set<MessagePort>()
let queue: { readonly port: MessagePort; readonly message: BulkMessage }[] = []
let flushing: NodeJS.Immediate | undefined
let idle: NodeJS.Timeout | undefined

function connect(port: MessagePort): void {
  ports.add(port)
  port.on('message', (message: BulkMessage) => {
    queue.push({ port, message })
    // Whatever else has arrived by then is committed with it.
    flushing ??= setImmediate(flush)
  })
  port.once('close', () => ports.delete(port))
  send(port, { type: 'hello', pendingBytes, pendingBytesMax: data.pendingBytesMax })
}

function flush(): void {
  flushing = undefined
  const group = queue
  queue = []
  const answers = writer.write(group.map(({ message }) => message))
  group.forEach(({ port, message }, index) => {
    Atomics.sub(new Int32Array(pendingBytes), 0, message.bytes.byteLength)
    send(port, { type: 'answer', bulk: message.bulk, blocks: answers[index] ?? [] })
  })
  clearTimeout(idle)
  idle = setTimeout(() => writer.settle(), data.idleTimeoutMs)
}

function close(): void {
  clearImmediate(flushing)
  // What stands in the ports was sent before anyone could know: it is still written.
  for (const port of ports) {
    for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port)) {
      queue.push({ port, message: received.message as BulkMessage })
    }
  }
  flush()
  clearTimeout(idle)
  writer.close()
  for (const port of ports) {
    send(port, { type: 'closed' })
    port.close()
  }
  main.close()
}

function send(port: MessagePort, message: WriterMessage): void {
  port.postMessage(message)
}

main.on('message', (command: WriterCommand) => {
  if (command.type === 'connect') connect(command.port)
  else if (command.type === 'drop') writer.drop(command.before)
  else close()
})
