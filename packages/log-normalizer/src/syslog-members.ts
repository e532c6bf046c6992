import { digits, digitsEnd } from './time/digits.ts'

const facilities =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp security console solaris-cron local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )
const severities = ['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Informational', 'Debug']
const levels = ['emergency', 'alert', 'critical', 'error', 'warn', 'notice', 'info', 'debug']

/** The number in `<N>` at the start of a text, 0 to 191; -1 if there is none. */
export function syslogPriority(text: string): number {
  if (text.charCodeAt(0) !== 60) return -1
  const end = digitsEnd(text, 1, 3)
  const priority = end > 1 && text.charCodeAt(end) === 62 ? digits(text, 1, end - 1) : -1
  return priority <= 191 ? priority : -1
}

/** `log.level` of a priority. */
export function syslogLevel(priority: number): string {
  return levels[priority & 7] as string
}

/** Members of `log.syslog` that a priority says, as JSON text with a comma in front. */
export function priorityMembers(priority: number): string {
  const facility = priority >> 3
  const severity = priority & 7
  return `,"priority":${priority},"facility":{"code":${facility},"name":"${facilities[facility]}"},"severity":{"code":${severity},"name":"${severities[severity]}"}`
}
