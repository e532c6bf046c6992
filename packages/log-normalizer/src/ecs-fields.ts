import type { Draft, Json, Sections } from './draft.ts'
import { integerOf, numberOf, textOf } from './field-values.ts'
import { isIpAddress } from './ip-address.ts'
import type { Line } from './line-format.ts'

/** Takes a value up as one certain field, always in the field's own JSON type. Answers false, and takes nothing, if the value cannot be that. */
export type FieldSetter = (draft: Draft, value: Json, line: Line) => boolean

const keywords = `
  trace.id span.id transaction.id
  http.request.method http.request.id http.request.referrer http.request.mime_type http.response.mime_type http.version http.request.body.content
  http.response.body.content
  url.original url.full url.path url.query url.domain url.scheme url.fragment url.extension url.username
  user.name user.id user.email user.full_name user.domain user.hash user.group.name user.group.id
  user_agent.original user_agent.name user_agent.version user_agent.device.name
  source.address source.domain source.user.name destination.address destination.domain client.address client.domain client.user.name client.user.id
  server.address server.domain
  service.version service.environment service.node.name service.id service.type service.state service.ephemeral_id
  host.hostname host.id host.type host.architecture host.os.name host.os.version host.os.platform host.os.type host.os.family host.os.full
  process.title process.executable process.command_line process.working_directory process.entity_id process.parent.name
  error.code error.id
  event.action event.code event.id event.kind event.module event.outcome event.provider event.reason event.reference event.hash
  agent.name agent.type agent.version agent.id agent.ephemeral_id
  container.id container.name container.image.name container.runtime
  orchestrator.namespace orchestrator.cluster.name orchestrator.resource.name orchestrator.type
  cloud.provider cloud.region cloud.availability_zone cloud.instance.id cloud.account.id cloud.service.name
  network.protocol network.transport network.type network.direction network.application network.name
  file.path file.name file.directory file.extension file.type
  organization.id organization.name group.id group.name
  dns.question.name dns.question.type tls.version tls.cipher tls.client.server_name
  faas.name faas.id faas.execution faas.version rule.id rule.name
`
const integers = `
  http.request.bytes http.request.body.bytes http.response.bytes http.response.body.bytes http.response.status_code
  url.port source.port source.bytes source.packets destination.port destination.bytes destination.packets client.port client.bytes
  server.port server.bytes network.bytes network.packets
  process.ppid process.exit_code process.pgid process.uptime process.parent.pid
  event.duration event.sequence event.severity file.size
`
const numbers = 'event.risk_score host.cpu.usage'
const addresses = 'source.ip source.nat.ip destination.ip client.ip server.ip network.forwarded_ip'
const booleans = 'faas.coldstart tls.established tls.resumed process.interactive'
/** Always written as a list. */
const lists = 'tags event.category event.type container.image.tag host.mac related.hosts related.user related.hash process.args'
const addressLists = 'host.ip related.ip'

/** Sets a field of ECS that only structured lines bring. Answers false if it is there already. */
export function putField(draft: Draft, path: readonly string[], value: Json): boolean {
  draft.sections ??= {}
  let at: Sections = draft.sections
  for (let index = 0; index < path.length - 1; index++) at = (at[path[index] as string] ??= {}) as Sections
  const last = path[path.length - 1] as string
  if (at[last] !== undefined) return false
  at[last] = value
  return true
}

/** By dotted name. No name in it is another's prefix, so that a field is never both a value and an object. */
export const ecsFields: ReadonlyMap<string, FieldSetter> = new Map([
  ...fieldsOf(keywords, textOf),
  ...fieldsOf(integers, integerOf),
  ...fieldsOf(numbers, numberOf),
  ...fieldsOf(addresses, (value) => (typeof value === 'string' && isIpAddress(value) ? value : undefined)),
  ...fieldsOf(booleans, (value) => (value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined)),
  ...fieldsOf(lists, (value) => listOf(value, () => true)),
  ...fieldsOf(addressLists, (value) => listOf(value, isIpAddress)),
])

function fieldsOf(names: string, convert: (value: Json) => Json | undefined): [string, FieldSetter][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => {
      const path = name.split('.')
      return [
        name,
        (draft, value) => {
          const converted = convert(value)
          return converted !== undefined && putField(draft, path, converted)
        },
      ]
    })
}

function listOf(value: Json, fits: (text: string) => boolean): Json | undefined {
  const list: readonly Json[] = Array.isArray(value) ? value : [value]
  return list.length > 0 && list.every((each) => typeof each === 'string' && fits(each)) ? list : undefined
}
