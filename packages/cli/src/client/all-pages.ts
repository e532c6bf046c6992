import type { GatewayClient } from './gateway-client.ts'

/** Reads a list of Lambda's API to its end, page by page. */
export async function allPages<Item>(client: GatewayClient, path: string, member: string, signal: AbortSignal): Promise<readonly Item[]> {
  const items: Item[] = []
  let marker: string | undefined
  do {
    const query: string = marker === undefined ? '' : `?Marker=${encodeURIComponent(marker)}`
    const page: Readonly<Record<string, unknown>> = await client.json<Readonly<Record<string, unknown>>>(
      'GET',
      `${path}${query}`,
      undefined,
      signal,
    )
    items.push(...((page[member] ?? []) as readonly Item[]))
    marker = typeof page.NextMarker === 'string' ? page.NextMarker : undefined
  } while (marker !== undefined)
  return items
}
