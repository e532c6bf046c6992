import { InvalidParameterValueException } from '@millrace/function'

/** Which part of a list is asked for. */
export interface PageRequest {
  readonly Marker?: string
  readonly MaxItems?: number
}

/** A part of a list. `NextMarker` where there is more. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly NextMarker?: string
}

/**
 * The part of a list, in ascending order of its keys, that begins after a marker. The marker is the last key of the page before: what is deleted in between
 * shifts nothing. Throws `InvalidParameterValueException` for a marker that was not answered by this.
 */
export function pageOf<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  marker: string | undefined,
  itemsMax: number,
): Page<Item> {
  const after = marker === undefined ? undefined : keyIn(marker)
  const rest = after === undefined ? all : all.filter((item) => keyOf(item) > after)
  const items = rest.slice(0, itemsMax)
  const last = items.at(-1)
  return items.length < rest.length && last !== undefined ? { items, NextMarker: markerOf(keyOf(last)) } : { items }
}

const prefix = 'after:'

function markerOf(key: string): string {
  return Buffer.from(`${prefix}${key}`).toString('base64url')
}

function keyIn(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString()
  if (!text.startsWith(prefix)) {
    throw new InvalidParameterValueException(`The Marker ${JSON.stringify(marker.slice(0, 256))} is none that a list was answered with.`)
  }
  return text.slice(prefix.length)
}
