import { tagKey, tags } from './common-shapes.ts'
import { list, string, structure, type StructureShape } from '../../aws/shape.ts'

const Resource = string({
  min: 1,
  max: 10_000,
  pattern: String.raw`arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})`,
})

export const taggedResourceShape: StructureShape = structure({ Resource }, ['Resource'])
export const tagResourceShape: StructureShape = structure({ Resource, Tags: tags }, ['Resource', 'Tags'])
/** In the query the keys are named in lower case. */
export const untagResourceShape: StructureShape = structure({ Resource, tagKeys: list(tagKey) }, ['Resource', 'tagKeys'])
