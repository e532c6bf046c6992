// oxlint-disable-next-line no-control-regex -- Control characters are exactly what has to be escaped.
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/

/** The text as a JSON string. Text without anything to escape is not copied; a lone surrogate becomes an escape, as in `JSON.stringify`. */
export function quote(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`
}

/** One member of an object, with its comma in front; nothing for a value that is not there. `name` must need no escaping. */
export function member(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${quote(value)}`
}

/** As `member`, for a number. */
export function numberMember(name: string, value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? '' : `,"${name}":${value}`
}

/** An object as a member, from the members in it; nothing when there are none. */
export function objectMember(name: string, members: string): string {
  return members === '' ? '' : `,"${name}":{${members.slice(1)}}`
}
