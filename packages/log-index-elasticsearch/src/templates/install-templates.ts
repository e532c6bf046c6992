import { errors } from '@elastic/elasticsearch'
import type { Client } from '@elastic/elasticsearch'
import type { RequestHeaders } from '../create-client.ts'
import { describeFailure } from '../describe-failure.ts'
import { ElasticsearchOptionsError } from '../errors.ts'
import { defaultIndexOptions } from '../options.ts'
import type { ElasticsearchLogIndexOptions } from '../options.ts'
import { indexTemplate, indexTemplateName, mappingsTemplate, mappingsTemplateName } from './templates.ts'
import type { ServerTypes, Template } from './templates.ts'

interface Found {
  readonly _meta?: { readonly millrace?: { readonly version?: number; readonly digest?: string } }
}

/**
 * Puts Millrace's templates in place, where they are not yet or are older. A template of that name without Millrace's mark is somebody's own: it is
 * left as it is, which `onWarning` is told. Throws `ElasticsearchOptionsError` if Elasticsearch refuses one.
 */
export async function installTemplates(
  client: Client,
  headers: RequestHeaders,
  options: ElasticsearchLogIndexOptions,
  signal: AbortSignal,
): Promise<void> {
  const request = { signal, headers: headers.json }
  await install(mappingsTemplateName, {
    find: async () => {
      const { component_templates } = await client.cluster.getComponentTemplate({ name: mappingsTemplateName }, request)
      return component_templates[0]?.component_template
    },
    isDone: (digest) => serverTypes.some((types) => mappingsTemplate(types)._meta.millrace.digest === digest),
    put: () => putMappings(client, request),
    options,
  })
  const name = indexTemplateName(options.namespace ?? defaultIndexOptions.namespace)
  const template = indexTemplate(options)
  await install(name, {
    find: async () => {
      const { index_templates } = await client.indices.getIndexTemplate({ name }, request)
      return index_templates[0]?.index_template
    },
    isDone: (digest) => template._meta.millrace.digest === digest,
    put: async () => {
      await client.indices.putIndexTemplate({ name, ...template }, request)
    },
    options,
  })
}

interface Installation {
  readonly find: () => Promise<Found | undefined>
  readonly isDone: (digest: string) => boolean
  readonly put: () => Promise<void>
  readonly options: ElasticsearchLogIndexOptions
}

async function install(name: string, { find, isDone, put, options }: Installation): Promise<void> {
  const found = await find().catch(absent)
  const mark = found?._meta?.millrace
  if (found !== undefined && mark === undefined) {
    options.onWarning?.(
      `The template "${name}" in Elasticsearch is not Millrace's: it is left as it is. Fields may be mapped in other ways than searches expect.`,
    )
    return
  }
  const newest = mappingsTemplate(serverTypes[0] as ServerTypes)._meta.millrace.version
  if (mark !== undefined && ((mark.version ?? 0) > newest || isDone(mark.digest ?? ''))) return
  try {
    await put()
  } catch (error) {
    throw refused(name, error)
  }
}

/** From what official distributions have to what the barest server has. */
const serverTypes: readonly ServerTypes[] = [
  { hasMatchOnlyText: true, hasPatternTokenizer: true },
  { hasMatchOnlyText: false, hasPatternTokenizer: true },
  { hasMatchOnlyText: true, hasPatternTokenizer: false },
  { hasMatchOnlyText: false, hasPatternTokenizer: false },
]

async function putMappings(client: Client, request: { signal: AbortSignal; headers: Record<string, string> }): Promise<void> {
  let refusal: unknown
  for (const types of serverTypes) {
    const template: Template & { readonly template: object } = mappingsTemplate(types)
    try {
      await client.cluster.putComponentTemplate({ name: mappingsTemplateName, ...template }, request)
      return
    } catch (error) {
      if (!(error instanceof errors.ResponseError) || error.statusCode !== 400) throw error
      refusal = error
    }
  }
  throw refusal
}

function absent(error: unknown): undefined {
  if (error instanceof errors.ResponseError && error.statusCode === 404) return undefined
  throw error
}

function refused(name: string, error: unknown): unknown {
  if (!(error instanceof errors.ResponseError) || error.statusCode !== 400) return error
  const { reason } = describeFailure(error, false, 0)
  const option = /priority/.test(reason) ? 'templatePriority' : /lifecycle/.test(reason) ? 'lifecyclePolicy' : 'installTemplates'
  return new ElasticsearchOptionsError(
    option,
    `Elasticsearch refuses the template "${name}" (option ${option}): ${reason}. With installTemplates set to false, you provide it yourself.`,
    error,
  )
}
