import {
  type CompareDocuments,
  FunctionNotFoundError,
  InvalidReplayError,
  type Invoker,
  type ReplayEvent,
  type ReplayRequest,
  type Replays,
} from '@millrace/function'
import { type Clock, type ResourceStore, type Shard, type StreamRegistry, sequencePosition } from '@millrace/stream'
import { MappingStore } from '../control/mapping-store.ts'
import { compileFilterCriteria } from '../filter/filter-criteria.ts'
import type { JudgementRules } from '../judge-invocation.ts'
import { parseMappingParameters } from '../parse-mapping-parameters.ts'
import { batchLimits } from '../payload-size.ts'
import { replayEvents, type ReplayPlan } from './replay-run.ts'

export interface ReplaysOptions {
  readonly streams: StreamRegistry
  /** Where mappings are kept. */
  readonly resources: ResourceStore
  readonly invoker: Invoker
  /** Names of the functions that this process can run. */
  functionNames(): readonly string[]
  /** Under a mapping's own parameters, over the schema's. `payload` tells a Lambda handler from a batch handler. */
  parameterDefaults(functionName: string): object
  readonly compare: CompareDocuments
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
}

/** Replays over the streams, functions and mappings of a system. */
export function createReplays(options: ReplaysOptions): Replays {
  return {
    start: async (request, signal): Promise<AsyncIterable<ReplayEvent>> => {
      const plan = await planReplay(request, options)
      return replayEvents(plan, options, signal)
    },
  }
}

/** Records of a batch where neither the request nor a mapping says how many. */
const batchSizeDefault = 1_000

async function planReplay(request: ReplayRequest, options: ReplaysOptions): Promise<ReplayPlan> {
  const { streams, clock } = options
  const [stream, description] = await Promise.all([streams.get(request.streamName), streams.describe(request.streamName)])
  const now = clock.now()
  const to = Math.min(request.to, now)
  if (request.from >= to) {
    throw new InvalidReplayError(
      `There is nothing between ${isoTime(request.from)} and ${isoTime(request.to)}: from has to be before to, and before now (${isoTime(now)}).`,
    )
  }
  const target = await findTarget(request, options)
  const shards = chosenShards(await stream.shards(), request)
  const warnings: string[] = []
  const retainedFrom = now - description.retentionHours * 3_600_000
  if (request.from < retainedFrom && description.createdTimestamp < retainedFrom) {
    warnings.push(
      `The stream "${stream.name}" keeps records for ${description.retentionHours} h: those that arrived before ${isoTime(retainedFrom)} may be gone, and are not replayed then.`,
    )
  }
  return { request, stream, shards, to, warnings, ...target }
}

type Target = Pick<ReplayPlan, 'functionName' | 'mappingUuid' | 'isLambda' | 'filter' | 'limits' | 'rules'>

async function findTarget(request: ReplayRequest, options: ReplaysOptions): Promise<Target> {
  const { target, batchSize } = request
  const mapping = 'mappingUuid' in target ? await findMapping(target.mappingUuid, request.streamName, options) : undefined
  const functionName = 'functionName' in target ? target.functionName : (mapping?.functionName ?? '')
  const names = options.functionNames()
  if (!names.includes(functionName)) throw new FunctionNotFoundError(functionName, names)
  // Checked when it was made; a starting time is in the past ever after.
  const given = { StartingPosition: 'TRIM_HORIZON', ...options.parameterDefaults(functionName), ...mapping?.parameters }
  const parameters = parseMappingParameters(given, Number.POSITIVE_INFINITY)
  const { FunctionResponseTypes, retryFailedItemsOnly, BatchSize, FilterCriteria } = parameters
  if (parameters.TumblingWindowInSeconds > 0) {
    throw new InvalidReplayError(
      `The mapping ${mapping?.uuid} has tumbling windows, whose states only follow from all records of a shard: it cannot be replayed. Name the function instead, if it can do without.`,
    )
  }
  // Whoever names the function alone means what it answers: a failure that it reports is one.
  const rules: JudgementRules = mapping
    ? { partial: FunctionResponseTypes.length > 0, failedItemsOnly: retryFailedItemsOnly }
    : { partial: true, failedItemsOnly: false }
  const recordsMax = batchSize ?? (mapping ? BatchSize : batchSizeDefault)
  return {
    functionName,
    ...(mapping === undefined ? {} : { mappingUuid: mapping.uuid }),
    isLambda: parameters.payload === 'lambda',
    filter: compileFilterCriteria(FilterCriteria),
    limits: { ...batchLimits(parameters), recordsMax },
    rules,
  }
}

async function findMapping(uuid: string, streamName: string, { resources, clock }: ReplaysOptions) {
  const found = await new MappingStore(resources, clock).get(uuid)
  if (found === undefined) throw new InvalidReplayError(`There is no event source mapping ${uuid}.`)
  if (found.document.streamName !== streamName) {
    throw new InvalidReplayError(
      `The event source mapping ${uuid} is of the stream "${found.document.streamName}", not of "${streamName}".`,
    )
  }
  return { uuid, ...found.document }
}

/** In the order of their indexes: parents before their children. */
function chosenShards(shards: readonly Shard[], { shardIds, after = {}, streamName }: ReplayRequest): readonly Shard[] {
  for (const shardId of [...(shardIds ?? []), ...Object.keys(after)]) {
    if (shards.some((shard) => shard.shardId === shardId)) continue
    throw new InvalidReplayError(
      `The stream "${streamName}" has no shard "${shardId}" (there is ${shards
        .slice(0, 20)
        .map((shard) => shard.shardId)
        .join(', ')}).`,
    )
  }
  const chosen = shards.filter(({ shardId }) => shardIds === undefined || shardIds.includes(shardId))
  // Throws for what is no sequence number of the shard.
  for (const shard of chosen) if (after[shard.shardId] !== undefined) sequencePosition(shard, after[shard.shardId] as string)
  return [...chosen].sort((a, b) => a.index - b.index)
}

function isoTime(timestamp: number): string {
  return Math.abs(timestamp) <= 8.64e15 ? new Date(timestamp).toISOString() : String(timestamp)
}
