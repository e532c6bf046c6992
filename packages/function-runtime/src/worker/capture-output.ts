import { format } from 'node:util'
import type { KinesisStreamRecord } from '@millrace/function'
import { logEventCharsMax } from '../protocol.ts'
import { currentInvocation, type CurrentInvocation, type LogWriter } from './log-writer.ts'

const levels = { log: 'INFO', info: 'INFO', debug: 'DEBUG', warn: 'WARN', error: 'ERROR', trace: 'TRACE' } as const

/** Makes `console` write Lambda's log format, and takes over `process.stdout` and `process.stderr`. */
export function captureOutput(writer: LogWriter): void {
  for (const [method, level] of Object.entries(levels)) {
    const logged = (...parameters: unknown[]): void => {
      const current = currentInvocation.getStore()
      writer.write(current?.id, logLine(current, level, format(...parameters.map(printable))))
    }
    Object.assign(console, { [method]: logged })
  }
  const outside: CurrentInvocation['partial'] = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
      const current = currentInvocation.getStore()
      const partial = current?.partial ?? outside
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      partial[name] = writeLines(writer, current?.id, partial[name] + text)
      const done = typeof encoding === 'function' ? encoding : callback
      if (typeof done === 'function') queueMicrotask(() => void done())
      return true
    }
    Object.assign(process[name], { write })
  }
}

/** `<time>\t<request id>\t<level>\t<message>` */
export function logLine(current: CurrentInvocation | undefined, level: string, message: string): string {
  return `${new Date().toISOString()}\t${current?.requestId ?? 'undefined'}\t${level}\t${message}`
}

/** What an invocation wrote without a line end becomes its last line. */
export function flushPartialLines(writer: LogWriter, current: CurrentInvocation): void {
  for (const name of ['stdout', 'stderr'] as const) {
    if (current.partial[name] !== '') writer.write(current.id, current.partial[name])
    current.partial[name] = ''
  }
}

/** Answers what is left over behind the last line end. */
function writeLines(writer: LogWriter, id: number | undefined, text: string): string {
  const lines = text.split('\n')
  const rest = lines.pop() as string
  for (const line of lines) if (line !== '') writer.write(id, line)
  if (rest.length < logEventCharsMax) return rest
  writer.write(id, rest)
  return ''
}

/** Kinesis events make their parts when they are read, and would print as accessors. */
function printable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('Records' in value && Array.isArray(value.Records)) return { ...value, Records: value.Records.map(printable) }
  if (Array.isArray(value)) return isKinesisRecord(value[0]) ? value.map(printable) : value
  if (isKinesisRecord(value)) return { ...value, kinesis: { ...value.kinesis } }
  return 'kinesisSchemaVersion' in value ? { ...value } : value
}

function isKinesisRecord(value: unknown): value is KinesisStreamRecord {
  return typeof value === 'object' && value !== null && 'kinesis' in value && 'eventSource' in value && value.eventSource === 'aws:kinesis'
}
