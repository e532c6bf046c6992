import { describe, expect, it } from 'vitest'
import { indexTemplate, mappingsTemplate } from './templates.ts'

// The servers that the tests run on lack these types: what is sent to an ordinary Elasticsearch is held against the documented format here.
describe('Templates', () => {
  it('use what official distributions have', () => {
    const { template } = mappingsTemplate({ hasMatchOnlyText: true, hasPatternTokenizer: true })
    expect(template).toMatchObject({
      settings: {
        analysis: {
          tokenizer: { millrace_words: { type: 'pattern', group: 0 } },
          analyzer: { default: { type: 'custom', tokenizer: 'millrace_words', filter: ['lowercase'] } },
        },
      },
      mappings: { properties: { message: { type: 'match_only_text' }, 'millrace.words': { type: 'text' } } },
    })
  })

  it('name a lifecycle policy instead of the data streams’ own lifecycle', () => {
    const nodes = ['http://127.0.0.1:9200']
    expect(indexTemplate({ nodes, lifecyclePolicy: 'logs' })).toMatchObject({
      template: { settings: { index: { lifecycle: { name: 'logs' } } } },
    })
    expect(indexTemplate({ nodes, lifecyclePolicy: 'logs' })).not.toHaveProperty('template.lifecycle')
    expect(indexTemplate({ nodes })).toMatchObject({ priority: 150, template: { lifecycle: { enabled: true } } })
    expect(indexTemplate({ nodes, indexMode: 'logsdb', numberOfReplicas: 0 })).toMatchObject({
      template: { settings: { index: { mode: 'logsdb', number_of_replicas: 0 } } },
    })
  })

  it('are told apart by what they say', () => {
    const digest = (namespace: string): string => indexTemplate({ namespace })._meta.millrace.digest
    expect(digest('a')).toBe(digest('a'))
    expect(digest('a')).not.toBe(digest('b'))
  })
})
