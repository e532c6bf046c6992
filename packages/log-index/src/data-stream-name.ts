/** Characters that a dataset or namespace may have; Elasticsearch counts bytes. */
const partCharsMax = 100

/**
 * The name of a data stream, `type-dataset-namespace`, by Elasticsearch's rules: lower case, none of `\ / * ? " < > | , # :`, no blank, no `-`
 * within a part, no leading `_`, `+` or `.`, at most 100 bytes a part. What breaks a rule becomes `_`; an empty type becomes `logs`, an empty
 * dataset `generic`, an empty namespace `default`.
 */
export function dataStreamName(type: string, dataset: string, namespace: string): string {
  return `${part(type, 'logs')}-${part(dataset, 'generic')}-${part(namespace, 'default')}`
}

function part(text: string, fallback: string): string {
  const clean = text
    .trim()
    .toLowerCase()
    // oxlint-disable-next-line no-control-regex
    .replace(/[\\/*?"<>|,#:\-\s\u0000-\u001f\u007f]/g, '_')
    .replace(/^[_+.]+/, '')
  const cut = cutToBytes(clean, partCharsMax)
  return cut === '' ? fallback : cut
}

function cutToBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text
  let end = 0
  let bytes = 0
  for (const char of text) {
    bytes += Buffer.byteLength(char)
    if (bytes > bytesMax) break
    end += char.length
  }
  return text.slice(0, end)
}
