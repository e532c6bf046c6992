import { integer, type MapShape, type Shape, string, type StringShape, structure, type StructureShape } from '../../aws/shape.ts'

const region = String.raw`((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?`

/** A function by its name, its ARN or a part of one, with or without a qualifier. */
export const namespacedFunctionName: StringShape = string({
  min: 1,
  max: 256,
  pattern: String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?${region}(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
})

/** The same, where Lambda takes no name of another namespace. */
export const functionName: StringShape = string({
  min: 1,
  max: 140,
  pattern: String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?${region}(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`,
})

export const qualifier: StringShape = string({ min: 1, max: 128, pattern: String.raw`\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+` })

export const arn: StringShape = string({
  max: 10_000,
  pattern: String.raw`arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`,
})

/** Where records of invocations go. */
export const destination: StructureShape = structure({
  Destination: string({
    max: 350,
    pattern: String.raw`$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`,
  }),
})

export const destinationConfig: StructureShape = structure({ OnSuccess: destination, OnFailure: destination })

const tagCharacters = String.raw`([\p{L}\p{Z}\p{N}_.:/=+\-@]*)`

export const tagKey: StringShape = string({ min: 1, max: 128, pattern: tagCharacters })

export const tags: MapShape = {
  type: 'map',
  key: tagKey,
  value: string({ max: 256, pattern: tagCharacters }),
}

/** Of lists: where the page begins, and how much it holds. */
export const paging: Readonly<Record<'Marker' | 'MaxItems', Shape>> = { Marker: string(), MaxItems: integer(1, 10_000) }
