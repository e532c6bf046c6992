/** A shape of a service model of AWS's, with its constraints, as data. */
export type Shape =
  | StringShape
  | BlobShape
  | IntegerShape
  | BooleanShape
  | TimestampShape
  | ListShape
  | MapShape
  | StructureShape
  | DocumentShape

export interface StringShape {
  readonly type: 'string'
  /** Characters. */
  readonly min?: number
  readonly max?: number
  /** Of the whole value. */
  readonly pattern?: string
  readonly enum?: readonly string[]
}

/** Bytes: base64 in JSON, as they are in CBOR. `blobBytes` makes one of both. */
export interface BlobShape {
  readonly type: 'blob'
  /** Bytes. */
  readonly max?: number
}

export interface IntegerShape {
  readonly type: 'integer'
  readonly min?: number
  readonly max?: number
}

export interface BooleanShape {
  readonly type: 'boolean'
}

/** Seconds since the epoch, with a fraction. */
export interface TimestampShape {
  readonly type: 'timestamp'
}

export interface ListShape {
  readonly type: 'list'
  readonly member: Shape
  readonly min?: number
  readonly max?: number
}

export interface MapShape {
  readonly type: 'map'
  readonly key: StringShape
  readonly value: Shape
  /** Entries. */
  readonly min?: number
  readonly max?: number
}

export interface StructureShape {
  readonly type: 'structure'
  readonly members: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  /** Members that AWS knows and that cannot be meant here, each with a sentence that says why: such a request is refused. Members of no list are ignored. */
  readonly refused?: Readonly<Record<string, string>>
}

/** Any object. */
export interface DocumentShape {
  readonly type: 'document'
}

export function string(constraints: Omit<StringShape, 'type'> = {}): StringShape {
  return { type: 'string', ...constraints }
}

export function integer(min?: number, max?: number): IntegerShape {
  return { type: 'integer', ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

export function list(member: Shape, min?: number, max?: number): ListShape {
  return { type: 'list', member, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

export function structure(
  members: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
  refused?: Readonly<Record<string, string>>,
): StructureShape {
  return { type: 'structure', members, required, ...(refused === undefined ? {} : { refused }) }
}

export function map(key: StringShape, value: Shape, min?: number, max?: number): MapShape {
  return { type: 'map', key, value, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

export function blob(max: number): BlobShape {
  return { type: 'blob', max }
}

export const boolean: BooleanShape = { type: 'boolean' }
export const timestamp: TimestampShape = { type: 'timestamp' }
export const document: DocumentShape = { type: 'document' }
