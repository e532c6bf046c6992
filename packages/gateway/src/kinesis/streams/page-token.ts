import { KinesisError } from '../kinesis-error.ts'

/** Kinesis's: tokens live for so long. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html */
const lifetimeMs = 300_000

/** Where a list goes on, as its NextToken tells it. */
export interface PageToken {
  /** What is listed, so that the token of one list is none of another. */
  readonly list: string
  /** The last key of the page before. */
  readonly after: string
  /** Whatever else the next page has to know. */
  readonly rest?: unknown
}

export function writePageToken(token: PageToken, now: number): string {
  return Buffer.from(JSON.stringify({ v: 1, at: now, ...token })).toString('base64url')
}

/** Throws `InvalidArgumentException` for what is no token of this list, `ExpiredNextTokenException` after 300 s. */
export function readPageToken(text: string, list: string, now: number): PageToken {
  const token = parse(text)
  if (token?.list !== list || typeof token.after !== 'string' || typeof token.at !== 'number') {
    throw new KinesisError('InvalidArgumentException', 'The NextToken is none that this list was answered with.')
  }
  if (now - token.at > lifetimeMs) {
    throw new KinesisError('ExpiredNextTokenException', `The NextToken is older than ${lifetimeMs / 1000} seconds: begin the list anew.`)
  }
  return { list, after: token.after, rest: token.rest }
}

function parse(text: string): Partial<PageToken & { readonly at: number }> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** The part of a list, ascending by its keys, after a key. `more` tells whether something is left out behind it. */
export function pageAfter<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  after: string | undefined,
  itemsMax: number,
): { readonly items: readonly Item[]; readonly more: boolean } {
  const rest = after === undefined ? all : all.filter((item) => keyOf(item) > after)
  return { items: rest.slice(0, itemsMax), more: rest.length > itemsMax }
}
