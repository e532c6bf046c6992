import { quote } from './json-text.ts'

/**
 * `url.original`, `url.path`, `url.query` and `url.domain` of a request's target, as JSON members, the first without a comma in front: cutting it off would copy them all. `clean` says that nothing in
 * it needs escaping.
 */
export function urlMembers(target: string, clean = false): string {
  const text = clean ? plainQuote : quote
  const original = `"original":${text(target)}`
  const start = target.charCodeAt(0) === 47 ? 0 : pathStart(target)
  if (start < 0) return original
  const domain = start > 0 ? domainMember(target.slice(target.indexOf('//') + 2, start)) : ''
  const query = target.indexOf('?', start)
  const path = query < 0 ? target.slice(start) : target.slice(start, query)
  return `${original}${path === '' ? '' : `,"path":${text(path)}`}${query < 0 ? '' : `,"query":${text(target.slice(query + 1))}`}${domain}`
}

function plainQuote(text: string): string {
  return `"${text}"`
}

/** Where the path starts behind `http://host`; -1 for what is no such address. */
function pathStart(target: string): number {
  if (!target.startsWith('http://') && !target.startsWith('https://')) return -1
  const slash = target.indexOf('/', target.indexOf('//') + 2)
  return slash < 0 ? target.length : slash
}

function domainMember(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d{1,5}$/, '')
  return host === '' ? '' : `,"domain":${quote(host)}`
}
