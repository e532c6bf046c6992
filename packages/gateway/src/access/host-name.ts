/** Name or address in a Host header, in lower case, without port, brackets and final dot; undefined for what is none. */
export function hostNameOf(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]@/\\]+))(?::\d{1,5})?$/i.exec(header ?? '')
  const name = match?.[1] ?? match?.[2]
  return name?.toLowerCase().replace(/\.$/, '')
}

/** The same for an Origin header; undefined for `null` and what is no origin. */
export function originHostNameOf(header: string): string | undefined {
  if (!URL.canParse(header)) return undefined
  return hostNameOf(new URL(header).host)
}
