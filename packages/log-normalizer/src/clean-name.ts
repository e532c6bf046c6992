const charsMax = 100

/** A dataset or namespace as Elasticsearch takes it in the name of a data stream: lower case, `_` for what may not be in it, at most 100 characters. */
export function cleanName(name: string): string {
  const clean = name
    .slice(0, charsMax)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._+]/gu, '_')
    .replace(/^[._+]+/, '')
    .slice(0, charsMax)
  return clean === '' ? 'generic' : clean
}
