import { describe, expect, it } from 'vitest'
import { itemOutcome } from './item-outcome.ts'

describe('itemOutcome', () => {
  it.each([
    [201, undefined, 'created'],
    [409, 'version_conflict_engine_exception', 'exists'],
    [429, 'es_rejected_execution_exception', 'overload'],
    [429, 'cluster_block_exception', 'overload'],
    [503, 'unavailable_shards_exception', 'overload'],
    [500, 'io_exception', 'overload'],
    [400, 'document_parsing_exception', 'rejected'],
    [400, 'mapper_parsing_exception', 'rejected'],
    [400, 'illegal_argument_exception', 'rejected'],
    [400, 'strict_dynamic_mapping_exception', 'rejected'],
    [400, 'index_closed_exception', 'error'],
    [400, 'validation_exception', 'error'],
    [403, 'cluster_block_exception', 'error'],
    [403, 'security_exception', 'error'],
    [404, 'index_not_found_exception', 'error'],
  ])('%i %s is %s', (status, type, expected) => {
    const outcome = itemOutcome({ status, ...(type === undefined ? {} : { error: { type, reason: 'why' } }) })
    expect(outcome.status === 'retry' ? outcome.cause : outcome.status).toBe(expected)
    if ('reason' in outcome) expect(outcome.reason).toBe(`${type}: why`)
  })

  it('gives the causes that say more, of bounded length', () => {
    const error = { type: 'a', reason: 'b', caused_by: { type: 'c', reason: 'b', caused_by: { type: 'd', reason: 'e'.repeat(5_000) } } }
    const outcome = itemOutcome({ status: 400, error }) as { reason: string }
    expect(outcome.reason).toMatch(/^a: b; caused by d: e+ …$/)
    expect(outcome.reason.length).toBeLessThan(1_100)
  })
})
