import type { Draft, Sections } from './draft.ts'
import { member, numberMember, objectMember, quote } from './json-text.ts'

/** Version of the Elastic Common Schema that the documents follow. */
export const ecsVersion = '9.1.0'

/** What a document holds beside what its line said. */
export interface Surroundings {
  /** `@timestamp` in ISO 8601. */
  readonly timestamp: string
  readonly dataset: string
  /** The member `data_stream` as JSON text, with its comma in front. */
  readonly dataStream: string
  /** `event.ingested` in ISO 8601. */
  readonly ingested: string | undefined
  /** `event.original`. */
  readonly original: string | undefined
  /** The record's exact bytes, where no text gives them back. */
  readonly base64: string | undefined
}

/** The document as JSON text. Written directly: most documents have few sections, and each section one writer. */
export function documentText(draft: Draft, around: Surroundings): string {
  const rest = draft.sections
  // What is put together here and cut later would be copied: an event is never empty.
  const event =
    `,"event":{"dataset":${quote(around.dataset)}` +
    member('ingested', around.ingested) +
    draft.event +
    taken(rest, 'event') +
    member('original', around.original) +
    '}'
  return (
    `{"@timestamp":"${around.timestamp}","ecs":{"version":"${ecsVersion}"}${around.dataStream}` +
    event +
    `,"message":${draft.messageJson === '' ? quote(draft.message ?? '') : draft.messageJson}` +
    objectMember('log', logMembers(draft) + taken(rest, 'log')) +
    objectMember('service', member('name', draft.service) + taken(rest, 'service')) +
    objectMember('host', member('name', draft.host) + taken(rest, 'host')) +
    objectMember('process', processMembers(draft) + taken(rest, 'process')) +
    objectMember(
      'error',
      member('type', draft.errorType) +
        member('message', draft.errorMessage) +
        member('stack_trace', draft.errorStack) +
        taken(rest, 'error'),
    ) +
    draft.body +
    (rest === undefined ? '' : untaken(rest)) +
    draft.labels.toMembers() +
    (around.base64 === undefined ? '' : `,"millrace":{"original_bytes":"${around.base64}"}`) +
    '}'
  )
}

function logMembers(draft: Draft): string {
  if (draft.originFile === undefined && draft.originFunction === undefined && draft.syslog === '') {
    return (
      member('level', draft.level) +
      member('logger', draft.logger) +
      (draft.filePath === undefined ? '' : `,"file":{"path":${quote(draft.filePath)}}`)
    )
  }
  const file = objectMember('file', member('name', draft.originFile) + numberMember('line', draft.originLine))
  return (
    member('level', draft.level) +
    member('logger', draft.logger) +
    objectMember('file', member('path', draft.filePath)) +
    objectMember('origin', file + member('function', draft.originFunction)) +
    objectMember('syslog', draft.syslog)
  )
}

function processMembers(draft: Draft): string {
  const thread = numberMember('id', draft.threadId) + member('name', draft.threadName)
  return numberMember('pid', draft.pid) + member('name', draft.processName) + objectMember('thread', thread)
}

const shared: ReadonlySet<string> = new Set(['event', 'log', 'service', 'host', 'process', 'error'])

/** The members of a section that the draft's own fields are written to as well. */
function taken(sections: Sections | undefined, name: string): string {
  const section = sections?.[name]
  return section === undefined ? '' : `,${JSON.stringify(section).slice(1, -1)}`
}

function untaken(sections: Sections): string {
  let text = ''
  for (const name of Object.keys(sections)) if (!shared.has(name)) text += `,"${name}":${JSON.stringify(sections[name])}`
  return text
}
