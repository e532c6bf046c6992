/** Fields that are text: they are searched for words. */
export const textFields: readonly string[] = ['message', 'error.message', 'error.stack_trace']

/**
 * The field that has the words of what cannot be searched for words itself: of labels, and of all fields that are not named here. It is indexed
 * only; documents do not hold it.
 */
export const wordsField = 'millrace.words'

export const dateFields: readonly string[] = namesOf('event.created event.ingested event.start event.end')

export const integerFields: readonly string[] = namesOf(`
  http.request.bytes http.request.body.bytes http.response.bytes http.response.body.bytes http.response.status_code
  url.port source.port source.bytes source.packets source.nat.port destination.port destination.bytes destination.packets
  client.port client.bytes server.port server.bytes network.bytes network.packets
  process.pid process.ppid process.thread.id process.exit_code process.pgid process.uptime process.parent.pid
  event.duration event.sequence event.severity file.size
  log.origin.file.line log.syslog.priority log.syslog.facility.code log.syslog.severity.code
`)

export const numberFields: readonly string[] = namesOf('event.risk_score host.cpu.usage')

export const addressFields: readonly string[] = namesOf(
  'source.ip source.nat.ip destination.ip client.ip server.ip host.ip related.ip network.forwarded_ip',
)

export const booleanFields: readonly string[] = namesOf('faas.coldstart tls.established tls.resumed process.interactive')

/**
 * Fields with few different values, whole: bare words go through the list of the values, which is short. Copying them all into `wordsField` would
 * make indexing cost nearly twice as much.
 */
export const scannedFields: readonly string[] = namesOf(`
  log.level log.logger log.file.path log.origin.file.name log.origin.function log.syslog.facility.name log.syslog.severity.name
  service.name service.version service.environment service.node.name service.type service.state
  host.name host.hostname host.type host.architecture host.os.name host.os.version host.os.platform host.os.type host.os.family host.os.full
  event.dataset event.action event.code event.kind event.module event.outcome event.provider event.category event.type
  http.request.method http.version http.request.mime_type http.response.mime_type url.scheme url.domain url.extension
  user_agent.original user_agent.name user_agent.version user_agent.device.name
  process.name process.title process.executable process.thread.name error.type error.code
  agent.name agent.type agent.version container.name container.image.name container.image.tag container.runtime
  orchestrator.namespace orchestrator.cluster.name orchestrator.resource.name orchestrator.type
  cloud.provider cloud.region cloud.availability_zone cloud.service.name
  network.protocol network.transport network.type network.direction network.application network.name
  tls.version tls.cipher faas.name faas.version rule.name tags
`)

/** Fields of which bare words only find the whole value: addresses, and parts of what `url.original` has. */
export const wholeFields: readonly string[] = namesOf(`
  source.address destination.address client.address server.address url.path url.query
`)

/** The same or meaningless in every document: bare words do not look at them. */
export const asideFields: readonly string[] = namesOf('ecs.version data_stream.type data_stream.dataset data_stream.namespace')

function namesOf(text: string): string[] {
  return text.trim().split(/\s+/)
}
