const colours: Readonly<Record<string, string>> = {
  fatal: '31;1',
  critical: '31;1',
  error: '31',
  warn: '33',
  warning: '33',
  debug: '2',
  trace: '2',
}

/** One document as a line to read: time, level, service or dataset, message. */
export function formatHit(source: string, colour: boolean): string {
  const document = JSON.parse(source) as {
    '@timestamp'?: string
    message?: unknown
    log?: { level?: string }
    service?: { name?: string }
    event?: { dataset?: string }
    error?: { stack_trace?: unknown }
  }
  const level = document.log?.level ?? ''
  const paint = (text: string, code: string | undefined): string =>
    colour && code !== undefined && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text
  const message = typeof document.message === 'string' ? document.message : JSON.stringify(document.message ?? '')
  const parts = [
    paint(document['@timestamp'] ?? '-', '2'),
    paint(level.padEnd(5), colours[level]),
    paint(document.service?.name ?? document.event?.dataset ?? '-', '36'),
    printable(message),
  ]
  const trace = document.error?.stack_trace
  const indented = typeof trace === 'string' && trace !== message ? `\n${printable(trace).replaceAll(/^/gm, '    ')}` : ''
  return parts.join(' ') + indented
}

/** What a log line holds must not steer the terminal it is shown on. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
