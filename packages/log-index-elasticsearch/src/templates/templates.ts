import { createHash } from 'node:crypto'
import { defaultIndexOptions } from '../options.ts'
import type { ElasticsearchLogIndexOptions } from '../options.ts'
import { ecsMappings } from './ecs-mappings.ts'

/** Raised with every change of a template: an older one is brought up to it, a newer one is left alone. */
export const templatesVersion = 1

export const mappingsTemplateName = 'millrace@mappings'
/** Users' own mappings and settings, applied after Millrace's. Need not be there. */
export const customTemplateName = 'millrace@custom'

export function indexTemplateName(namespace: string): string {
  return `millrace-logs-${namespace}`
}

/** What a server may lack: official distributions have both. */
export interface ServerTypes {
  readonly hasMatchOnlyText: boolean
  readonly hasPatternTokenizer: boolean
}

/** A template, and what says whose it is. */
export interface Template {
  readonly _meta: { readonly millrace: TemplateMark; readonly description: string }
}

export interface TemplateMark {
  readonly version: number
  /** Of what Millrace wrote: what is the same need not be written again. */
  readonly digest: string
}

/** Runs of letters, digits and `_`, as `words` of the log index's contract has them; longer ones are cut, which a search does in the same way. */
const wordPattern = String.raw`[\p{L}\p{N}\p{M}_]{1,255}`

/** The component template with the mapping of ECS's fields. */
export function mappingsTemplate({ hasMatchOnlyText, hasPatternTokenizer }: ServerTypes): Template & { readonly template: object } {
  const text = hasMatchOnlyText ? { type: 'match_only_text' } : { type: 'text', norms: false }
  const analysis = {
    tokenizer: { millrace_words: { type: 'pattern', pattern: wordPattern, group: 0 } },
    // The default analyzer is the only one that match_only_text goes by.
    analyzer: { default: { type: 'custom', tokenizer: 'millrace_words', filter: ['lowercase'] } },
  }
  const template = { ...(hasPatternTokenizer ? { settings: { analysis } } : {}), mappings: ecsMappings(text) }
  return marked({ template }, 'Fields of ECS as Millrace maps them. Add your own in the component template millrace@custom.')
}

/** The index template of the data streams of one namespace. */
export function indexTemplate(options: ElasticsearchLogIndexOptions): Template {
  const { namespace, indexMode, templatePriority } = { ...defaultIndexOptions, ...options }
  const { retentionDays, lifecyclePolicy, numberOfShards, numberOfReplicas, refreshIntervalMs } = options
  const settings = {
    mode: indexMode,
    // One field too many, or one of another type, does not cost the document: the value is left out of the search.
    mapping: { ignore_malformed: true, total_fields: { ignore_dynamic_beyond_limit: true } },
    ...(numberOfShards === undefined ? {} : { number_of_shards: numberOfShards }),
    ...(numberOfReplicas === undefined ? {} : { number_of_replicas: numberOfReplicas }),
    ...(refreshIntervalMs === undefined ? {} : { refresh_interval: `${refreshIntervalMs}ms` }),
    ...(lifecyclePolicy === undefined ? {} : { lifecycle: { name: lifecyclePolicy } }),
  }
  // Without a policy, data streams take care of themselves: they roll over by Elasticsearch's defaults, and delete what is too old.
  const lifecycle = { enabled: true, ...(retentionDays === undefined ? {} : { data_retention: `${retentionDays}d` }) }
  const template = {
    index_patterns: [`logs-*-${namespace}`],
    data_stream: {},
    priority: templatePriority,
    composed_of: [mappingsTemplateName, customTemplateName],
    ignore_missing_component_templates: [customTemplateName],
    template: { settings: { index: settings }, ...(lifecyclePolicy === undefined ? { lifecycle } : {}) },
  }
  return marked(template, `Data streams logs-*-${namespace} of Millrace. Change settings in the component template millrace@custom.`)
}

function marked<T extends object>(template: T, description: string): T & Template {
  const digest = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 16)
  return { ...template, version: templatesVersion, _meta: { millrace: { version: templatesVersion, digest }, description } }
}
