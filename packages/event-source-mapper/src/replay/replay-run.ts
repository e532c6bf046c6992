import type { CompareDocuments, Invoker, ReplayEvent, ReplayMode, ReplayRequest } from '@millrace/function'
import type { Clock, Shard, ShardPosition, Stream } from '@millrace/stream'
import type { BatchLimits } from '../batching-policy.ts'
import type { RecordFilter } from '../filter/filter-criteria.ts'
import type { JudgementRules } from '../judge-invocation.ts'
import { measureRecords } from '../payload-size.ts'
import { EventChannel } from './event-channel.ts'
import { ReplayInvoker } from './replay-invoker.ts'
import { ReplayTally } from './replay-tally.ts'
import { shardBatches, type ShardBatch } from './shard-batches.ts'

/** A replay whose parts are all there. */
export interface ReplayPlan {
  readonly request: ReplayRequest
  readonly stream: Stream
  /** In the order of their indexes. */
  readonly shards: readonly Shard[]
  readonly to: number
  /** To be told of before it begins. */
  readonly warnings: readonly string[]
  readonly functionName: string
  readonly mappingUuid?: string
  readonly isLambda: boolean
  readonly filter: RecordFilter | undefined
  readonly limits: BatchLimits
  readonly rules: JudgementRules
}

export interface ReplayServices {
  readonly invoker: Invoker
  readonly compare: CompareDocuments
  readonly clock: Clock
  readonly random: () => number
}

/** Events that may wait to be read before the replay does. */
const eventsMax = 64

/** Runs a replay for as long as it is read. */
export async function* replayEvents(plan: ReplayPlan, services: ReplayServices, signal: AbortSignal): AsyncGenerator<ReplayEvent, void> {
  const left = new AbortController()
  const run = new ReplayRun(plan, services, AbortSignal.any([signal, left.signal]))
  let work: Promise<void> | undefined
  try {
    yield run.beginning()
    for (const message of plan.warnings) yield { type: 'warning', message }
    work = run.run()
    yield* run.channel.read()
    yield { type: 'end', counts: run.tally.counts, after: run.tally.after }
  } finally {
    left.abort(new Error('The replay is no longer read.'))
    run.channel.end()
    await work
  }
}

class ReplayRun {
  readonly channel: EventChannel<ReplayEvent> = new EventChannel(eventsMax)
  readonly tally: ReplayTally
  readonly #plan: ReplayPlan
  readonly #services: ReplayServices
  readonly #signal: AbortSignal
  readonly #stop = new AbortController()
  readonly #invoker: ReplayInvoker
  readonly #isPreview: boolean
  #shown = 0

  constructor(plan: ReplayPlan, services: ReplayServices, signal: AbortSignal) {
    const { request, functionName, rules, shards } = plan
    const ids = new Set(shards.map(({ shardId }) => shardId))
    this.tally = new ReplayTally(Object.fromEntries(Object.entries(request.after ?? {}).filter(([shardId]) => ids.has(shardId))))
    this.#plan = plan
    this.#services = services
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
    this.#isPreview = request.dryRun && !plan.isLambda
    const mode: ReplayMode = request.dryRun ? { dryRun: true } : { dryRun: false, into: request.into }
    const { invoker, clock, random } = services
    this.#invoker = new ReplayInvoker({
      invoker,
      functionName,
      mode,
      rules,
      retries: request.retries,
      clock,
      random,
      signal: this.#signal,
    })
  }

  beginning(): ReplayEvent {
    const { request, stream, functionName, mappingUuid, isLambda, shards, to } = this.#plan
    return {
      type: 'begin',
      stream: stream.name,
      function: functionName,
      ...(mappingUuid === undefined ? {} : { mapping: mappingUuid }),
      dryRun: request.dryRun,
      ...(request.dryRun || isLambda ? {} : { into: request.into }),
      from: request.from,
      to,
      shards: shards.map(({ shardId }) => shardId),
    }
  }

  /** Never rejects: the channel ends with the error. */
  async run(): Promise<void> {
    const { shards, request } = this.#plan
    const done = new Map<string, PromiseWithResolvers<void>>()
    for (const { shardId } of shards) done.set(shardId, Promise.withResolvers<void>())
    const waiting = shards.values()
    const replayNext = async (): Promise<void> => {
      for (const shard of waiting) {
        // Taken in the order of their indexes: a parent is done or under way.
        for (const parent of [shard.parentShardId, shard.adjacentParentShardId]) await done.get(parent ?? '')?.promise
        this.#signal.throwIfAborted()
        await this.#replayShard(shard)
        done.get(shard.shardId)?.resolve()
      }
    }
    let failure: { readonly error: unknown } | undefined
    const workers = Array.from({ length: Math.min(request.concurrency, shards.length) }, async () => {
      try {
        await replayNext()
      } catch (error) {
        failure ??= { error }
        this.#stop.abort(error)
        for (const each of done.values()) each.resolve()
      }
    })
    await Promise.all(workers)
    this.channel.end(failure)
  }

  async #replayShard(shard: Shard): Promise<void> {
    const { request, stream, isLambda, filter, limits, to } = this.#plan
    const source = { streamName: stream.name, incarnation: stream.incarnation, shard }
    const after = request.after?.[shard.shardId]
    const start: ShardPosition =
      after === undefined ? { type: 'AT_TIMESTAMP', timestamp: request.from } : { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: after }
    const measure = measureRecords(isLambda ? 'lambda' : 'batch', source)
    for await (const batch of shardBatches({ stream, shard, start, to, filter, measure, limits, signal: this.#signal })) {
      this.tally.add({ read: batch.filtered + batch.records.length, filtered: batch.filtered })
      if (batch.records.length > 0) await this.#replayBatch(source, batch)
      this.#signal.throwIfAborted()
      this.tally.passed(shard.shardId, batch.through.sequenceNumber)
      const { counts, after: positions } = this.tally
      await this.channel.push({ type: 'progress', counts, after: positions, arrival: batch.through.approximateArrivalTimestamp })
    }
  }

  async #replayBatch(source: { streamName: string; incarnation: string; shard: Shard }, batch: ShardBatch): Promise<void> {
    const { shardId } = source.shard
    const { records, bytes } = batch
    this.tally.add({ batches: 1, bytes })
    const onWait = (reason: string): Promise<void> => this.channel.push({ type: 'waiting', shardId, reason })
    if (this.#plan.request.dryRun && !this.#isPreview) return this.tally.add({ previewed: records.length })
    if (this.#isPreview) {
      const { documents, failed, reason } = await this.#invoker.preview(source, records, onWait)
      this.tally.add({ previewed: documents.length, failed })
      if (failed > 0) await this.#tellBatch(shardId, batch, { failed, attempts: 1, ...(reason === undefined ? {} : { reason }) })
      return this.#compare(shardId, documents)
    }
    const result = await this.#invoker.invoke(source, records, onWait)
    this.tally.add({ succeeded: records.length - result.failed, failed: result.failed })
    await this.#tellBatch(shardId, batch, result)
  }

  #tellBatch(
    shardId: string,
    { records, bytes }: ShardBatch,
    result: { readonly failed: number; readonly attempts: number; readonly reason?: string },
  ): Promise<void> {
    return this.channel.push({
      type: 'batch',
      shardId,
      firstSequenceNumber: records[0]?.sequenceNumber ?? '',
      lastSequenceNumber: records.at(-1)?.sequenceNumber ?? '',
      records: records.length,
      bytes,
      ...result,
    })
  }

  async #compare(shardId: string, documents: Parameters<CompareDocuments>[0]): Promise<void> {
    for (const difference of await this.#services.compare(documents, this.#signal)) {
      this.tally.addDifference(difference)
      if (difference.status === 'identical' || this.#shown >= this.#plan.request.show) continue
      this.#shown++
      await this.channel.push({ type: 'difference', shardId, ...difference })
    }
  }
}
