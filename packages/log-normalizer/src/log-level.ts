const levels: Readonly<Record<string, string>> = {
  trace: 'trace',
  finest: 'trace',
  finer: 'trace',
  verbose: 'trace',
  trce: 'trace',
  debug: 'debug',
  dbug: 'debug',
  dbg: 'debug',
  fine: 'debug',
  config: 'debug',
  info: 'info',
  information: 'info',
  informational: 'info',
  inf: 'info',
  log: 'info',
  default: 'info',
  notice: 'notice',
  warn: 'warn',
  warning: 'warn',
  wrn: 'warn',
  error: 'error',
  err: 'error',
  fail: 'error',
  severe: 'error',
  crit: 'critical',
  critical: 'critical',
  alert: 'alert',
  emerg: 'emergency',
  emergency: 'emergency',
  panic: 'fatal',
  dpanic: 'fatal',
  fatal: 'fatal',
}
const canonical = new Map<string, string>()
for (const [word, level] of Object.entries(levels)) {
  canonical.set(word, level)
  canonical.set(word.toUpperCase(), level)
  canonical.set(`${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`, level)
}

/** `log.level` of a word that is certainly one (`WARNING` is `warn`), else undefined. Case may be lower, upper or title. */
export function knownLevel(word: string): string | undefined {
  return canonical.get(word)
}

const levelCharsMax = 32

/**
 * `log.level` of what a program gives as its level: a known word, a number as pino and bunyan write them (10 trace to 60 fatal), or any
 * other word in lower case. Undefined for what cannot be a level.
 */
export function logLevel(value: unknown): string | undefined {
  if (typeof value === 'number') return numericLevel(value)
  if (typeof value !== 'string') return undefined
  const known = canonical.get(value)
  if (known !== undefined) return known
  const word = value.trim().toLowerCase()
  if (word.length === 0 || word.length > levelCharsMax) return undefined
  if (/^\d+$/.test(word)) return numericLevel(Number(word))
  return canonical.get(word) ?? (/\s/.test(word) ? undefined : word)
}

function numericLevel(value: number): string | undefined {
  if (!(value >= 10 && value <= 60)) return undefined
  if (value < 20) return 'trace'
  if (value < 30) return 'debug'
  if (value < 40) return 'info'
  if (value < 50) return 'warn'
  return value < 60 ? 'error' : 'fatal'
}
