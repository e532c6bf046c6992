import { InvalidParameterValueException, type Tags } from '@millrace/function'
import type { GatewayServices } from '../../gateway-services.ts'
import { functionNameOf } from '../function-reference.ts'
import { tagResourceShape, taggedResourceShape, untagResourceShape } from '../model/tag-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'

interface TaggedResource {
  /** The ARN of a function or an event source mapping. */
  readonly Resource: string
}

const path = '/2017-03-31/tags/{Resource}'

/** https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export const tagResource: LambdaOperation = operation<TaggedResource & { readonly Tags: Tags }>({
  name: 'TagResource',
  method: 'POST',
  path,
  status: 204,
  input: tagResourceShape,
  run: async ({ Resource, Tags }, services) => {
    const { api, name } = taggable(Resource, services)
    await api.changeTags(name, { set: Tags })
    return undefined
  },
})

/** https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html */
export const untagResource: LambdaOperation = operation<TaggedResource & { readonly tagKeys: readonly string[] }>({
  name: 'UntagResource',
  method: 'DELETE',
  path,
  status: 204,
  input: untagResourceShape,
  run: async ({ Resource, tagKeys }, services) => {
    const { api, name } = taggable(Resource, services)
    await api.changeTags(name, { remove: tagKeys })
    return undefined
  },
})

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html */
export const listTags: LambdaOperation = operation<TaggedResource>({
  name: 'ListTags',
  method: 'GET',
  path,
  status: 200,
  input: taggedResourceShape,
  run: async ({ Resource }, services) => {
    const { api, name } = taggable(Resource, services)
    return { Tags: await api.tags(name) }
  },
})

type TagApi = Pick<GatewayServices['functionAdministration'], 'tags' | 'changeTags'>

/** Who keeps the tags of a resource, and by which name. Throws `InvalidParameterValueException` for what cannot be tagged here. */
function taggable(arn: string, services: GatewayServices): { readonly api: TagApi; readonly name: string } {
  const [kind, name = ''] = arn.split(':').slice(5)
  if (kind === 'event-source-mapping') return { api: services.eventSourceMappings, name }
  if (kind !== 'function') {
    throw new InvalidParameterValueException(`${arn} cannot be tagged: functions and event source mappings can.`)
  }
  if (arn.split(':').length > 7) {
    throw new InvalidParameterValueException('Tags on function aliases and versions are not supported. Please specify a function ARN.')
  }
  return { api: services.functionAdministration, name: functionNameOf(arn) }
}
