/** A plain request to Elasticsearch with JSON in and out. Throws for any status but a good one. */
export async function elasticsearchRequest<Answer>(url: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(60_000),
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
  return JSON.parse(text) as Answer
}

/** Backing indices of the data streams that match, oldest first. */
export async function backingIndices(url: string, pattern: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { data_streams: streams } = await elasticsearchRequest<{
    readonly data_streams: readonly { readonly name: string; readonly backing_indices: string | readonly string[] }[]
  }>(url, 'GET', `/_resolve/index/${pattern}`)
  const generation = (name: string): number => Number(/-(\d{6,})$/.exec(name)?.[1])
  return new Map(
    streams.map(({ name, backing_indices: names }) => [name, [names].flat().sort((a, b) => generation(a) - generation(b))] as const),
  )
}

/** Documents in all data streams that match, those included that no refresh has shown yet if `refresh` is set. */
export async function documentCount(url: string, pattern: string, refresh = false): Promise<number> {
  if (refresh) await elasticsearchRequest(url, 'POST', `/${pattern}/_refresh`)
  const { count } = await elasticsearchRequest<{ readonly count: number }>(url, 'GET', `/${pattern}/_count`)
  return count
}
