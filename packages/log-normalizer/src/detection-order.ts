import { accessLog } from './formats/access-log.ts'
import { apacheError } from './formats/apache-error.ts'
import { cri } from './formats/cri.ts'
import { docker } from './formats/docker.ts'
import { java } from './formats/java.ts'
import { json } from './formats/json.ts'
import { klog } from './formats/klog.ts'
import { logfmt } from './formats/logfmt.ts'
import { nginxError } from './formats/nginx-error.ts'
import { python } from './formats/python.ts'
import { syslogRfc3164 } from './formats/syslog-rfc3164.ts'
import { syslogRfc5424 } from './formats/syslog-rfc5424.ts'
import { timestamped } from './formats/timestamped.ts'
import type { LineFormat } from './line-format.ts'

/**
 * The order of trial, by what a line starts with: the first format that reads a line has it, and what none reads is plain text. The stricter a format is, the earlier it comes.
 * Each rules a line out by a character or two at fixed places, so that nothing is gained by remembering what the last line was; and a document
 * follows from its record alone.
 */
const byStart: readonly (readonly [start: RegExp, formats: readonly LineFormat[]])[] = [
  [/\{/, [docker, json]],
  [/</, [syslogRfc5424, syslogRfc3164]],
  [/\[/, [apacheError, python, java, timestamped]],
  [/[0-9]/, [cri, accessLog, nginxError, syslogRfc5424, syslogRfc3164, python, java, timestamped]],
  [/[IWEF]/, [klog, accessLog, syslogRfc3164, python, java, timestamped, logfmt]],
  [/[A-Za-z]/, [accessLog, syslogRfc3164, python, java, timestamped, logfmt]],
  [/[:_@/-]/, [accessLog, logfmt]],
]

const none: readonly LineFormat[] = []
const table: readonly (readonly LineFormat[])[] = Array.from({ length: 128 }, (_, code) => {
  const start = String.fromCharCode(code)
  return byStart.find(([pattern]) => pattern.test(start))?.[1] ?? none
})

/** What a line with this first character may be, besides plain text. */
export function candidates(firstCharCode: number): readonly LineFormat[] {
  return table[firstCharCode] ?? none
}
