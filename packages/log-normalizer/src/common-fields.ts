import { isPlausible } from './accept-timestamp.ts'
import type { Draft, Json } from './draft.ts'
import { ecsFields, type FieldSetter } from './ecs-fields.ts'
import { integerOf, textOf } from './field-values.ts'
import type { Line } from './line-format.ts'
import { logLevel } from './log-level.ts'
import { timeOf } from './time/time-of.ts'

type TextField =
  | 'message'
  | 'logger'
  | 'service'
  | 'host'
  | 'filePath'
  | 'originFile'
  | 'originFunction'
  | 'errorType'
  | 'errorMessage'
  | 'errorStack'
  | 'processName'
  | 'threadName'
type IntegerField = 'originLine' | 'pid' | 'threadId'

function text(field: TextField): FieldSetter {
  return (draft, value) => {
    const found = textOf(value)
    if (found === undefined || draft[field] !== undefined) return false
    draft[field] = found
    return true
  }
}

function integer(field: IntegerField): FieldSetter {
  return (draft, value) => {
    const found = integerOf(value)
    if (found === undefined || draft[field] !== undefined) return false
    draft[field] = found
    return true
  }
}

function time(draft: Draft, value: Json, line: Line): boolean {
  if (!Number.isNaN(draft.timestamp)) return false
  const found = timeOf(value, line.scanner)
  if (!isPlausible(found, line.reference)) return false
  draft.timestamp = found
  return true
}

function level(draft: Draft, value: Json): boolean {
  if (draft.level !== undefined) return false
  draft.level = logLevel(value)
  return draft.level !== undefined
}

/** `package/file.go:12`, as zap and zerolog write it. */
function caller(draft: Draft, value: Json): boolean {
  if (typeof value !== 'string' || draft.originFile !== undefined) return false
  const colon = value.lastIndexOf(':')
  const lineNumber = integerOf(value.slice(colon + 1))
  if (colon <= 0 || lineNumber === undefined) return false
  draft.originFile = value.slice(0, colon)
  draft.originLine ??= lineNumber
  return true
}

/** A status that is one of HTTP's; other states of things are nobody's ECS field. */
function status(draft: Draft, value: Json, line: Line): boolean {
  const code = integerOf(value)
  return code !== undefined && code >= 100 && code <= 599 && ecs('http.response.status_code')(draft, code, line)
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'])

function method(draft: Draft, value: Json, line: Line): boolean {
  return typeof value === 'string' && methods.has(value) && ecs('http.request.method')(draft, value, line)
}

/** A path or an address, not any other thing that somebody calls a URL. */
function url(draft: Draft, value: Json, line: Line): boolean {
  if (typeof value !== 'string' || !(value.startsWith('/') || /^https?:\/\//.test(value)) || !ecs('url.original')(draft, value, line))
    return false
  if (!value.startsWith('/')) return true
  const query = value.indexOf('?')
  ecs('url.path')(draft, query < 0 ? value : value.slice(0, query), line)
  if (query >= 0) ecs('url.query')(draft, value.slice(query + 1), line)
  return true
}

/** An address, which is `source.ip` as well if it is one of IP. */
function source(draft: Draft, value: Json, line: Line): boolean {
  if (typeof value !== 'string' || !ecs('source.address')(draft, value, line)) return false
  ecs('source.ip')(draft, value, line)
  return true
}

/** Milliseconds, with a fraction, to ECS's nanoseconds. */
function durationMs(draft: Draft, value: Json, line: Line): boolean {
  return typeof value === 'number' && value >= 0 && ecs('event.duration')(draft, Math.round(value * 1_000_000), line)
}

function ecs(name: string): FieldSetter {
  return ecsFields.get(name) as FieldSetter
}

/** The document states its own version of ECS. */
function dropped(): boolean {
  return true
}

const own: Readonly<Record<string, FieldSetter>> = {
  '@timestamp': time,
  'ecs.version': dropped,
  message: text('message'),
  'log.level': level,
  'log.logger': text('logger'),
  'log.file.path': text('filePath'),
  'log.origin.file.name': text('originFile'),
  'log.origin.file.line': integer('originLine'),
  'log.origin.function': text('originFunction'),
  'service.name': text('service'),
  'host.name': text('host'),
  'process.pid': integer('pid'),
  'process.name': text('processName'),
  'process.thread.id': integer('threadId'),
  'process.thread.name': text('threadName'),
  'error.type': text('errorType'),
  'error.message': text('errorMessage'),
  'error.stack_trace': text('errorStack'),
}

/** Names of other programs for the same things. A name with dots stands for nested objects as well. */
const others: readonly (readonly [string, FieldSetter])[] = [
  ['time timestamp ts Timestamp @t datetime asctime eventTime event_time written_at', time],
  ['level severity lvl levelname log_level loglevel logLevel Level @l severityText severity_text', level],
  ['msg event Message @m @mt short_message', text('message')],
  ['logger logger_name loggerName LoggerName SourceContext', text('logger')],
  ['thread thread_name threadName', text('threadName')],
  ['thread_id threadId', integer('threadId')],
  ['pid process_id processId process', integer('pid')],
  ['hostname host', text('host')],
  ['service service_name serviceName', text('service')],
  ['caller', caller],
  [
    'stack stack_trace stackTrace stacktrace exc_info exc_text err.stack error.stack exception.stacktrace exception.stack_trace exception.stack',
    text('errorStack'),
  ],
  ['err error exception error_message errorMessage err.message exception.message exception.exception_message', text('errorMessage')],
  ['error_type errorType err.type err.name error.name exception.type exception.class exception.exception_class', text('errorType')],
  ['err.code', ecs('error.code')],
  ['trace_id traceId traceID', ecs('trace.id')],
  ['span_id spanId spanID', ecs('span.id')],
  ['transaction_id transactionId', ecs('transaction.id')],
  ['status statusCode status_code http_status res.statusCode response.status response.statusCode', status],
  ['method http_method req.method request.method', method],
  ['url uri request_uri req.url request.url', url],
  ['user_agent userAgent req.headers.user-agent', ecs('user_agent.original')],
  ['req.headers.referer req.headers.referrer', ecs('http.request.referrer')],
  ['remote_addr remoteAddress client_ip clientIp req.remoteAddress', source],
  ['req.remotePort', ecs('source.port')],
  ['req.id request_id requestId', ecs('http.request.id')],
  ['responseTime', durationMs],
  ['user', ecs('user.name')],
]

/** Fields by the names that structured lines use: ECS's own, nested or with dots, and those that loggers commonly use. */
export const commonFields: ReadonlyMap<string, FieldSetter> = new Map([
  ...ecsFields,
  ...Object.entries(own),
  ...others.flatMap(([names, setter]) => names.split(' ').map((name): [string, FieldSetter] => [name, setter])),
])
