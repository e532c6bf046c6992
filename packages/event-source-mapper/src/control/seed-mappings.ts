import { createHash } from 'node:crypto'
import { type Clock, type JsonValue, NewerVersionError, type ResourceStore } from '@millrace/stream'
import { isSameSource, type MappingDefinition } from './mapping-definition.ts'
import { isSettled, updatingState } from './mapping-state.ts'
import { MappingStore, unlessChanged } from './mapping-store.ts'

export interface SeedOptions {
  readonly resources: ResourceStore
  readonly clock: Clock
  /** Mappings of the template. Their UUIDs follow from it: the same at each start. */
  readonly mappings: readonly MappingDefinition[]
  /** Whether what a template made once and this one does not have is deleted. */
  readonly deletesOthers: boolean
  readonly onWarning: (message: string) => void
}

/** The resource that says what of which template was applied last. */
const ledger = { kind: 'template', id: 'event-source-mappings' }

const format = 1

/** By UUID: a digest of the mapping's text, as it was applied. */
type Applied = Readonly<Record<string, string>>

/**
 * Makes the mappings of the template, as far as their text is new: it wins over what was changed over the API. Where the text is as it was applied last, what was
 * changed or deleted over the API stays so. Several processes may do it at once.
 */
export async function seedMappings(options: SeedOptions): Promise<void> {
  const { resources, mappings, deletesOthers } = options
  for (;;) {
    const found = await resources.get(ledger.kind, ledger.id)
    const before = appliedOf(found?.value)
    const wished = new Map(mappings.map((mapping) => [mapping.uuid, mapping]))
    const gone = Object.keys(before).filter((uuid) => deletesOthers && !wished.has(uuid))
    const after: Record<string, string> = Object.fromEntries(Object.entries(before).filter(([uuid]) => !gone.includes(uuid)))
    for (const uuid of gone) await remove(uuid, options)
    for (const mapping of mappings) {
      const digest = digestOf(mapping)
      if (before[mapping.uuid] === digest || (await apply(mapping, options))) after[mapping.uuid] = digest
    }
    const unchanged = JSON.stringify(sorted(after)) === JSON.stringify(sorted(before))
    const value = { format, applied: sorted(after) }
    const kept = unchanged || (await unlessChanged(() => resources.put(ledger.kind, ledger.id, value, { ifVersion: found?.version ?? 0 })))
    // Otherwise another process was at it: what it has made is as this one wishes it, mostly.
    if (kept !== undefined) return
  }
}

/** False: it cannot be. */
async function apply({ uuid, ...wished }: MappingDefinition, options: SeedOptions): Promise<boolean> {
  const { streamName, functionName, parameters, kafka } = wished
  const store = new MappingStore(options.resources, options.clock)
  for (;;) {
    const other = (await store.list()).find(
      ({ uuid: id, document }) =>
        id !== uuid && isSameSource(document, wished) && document.functionName === functionName && document.state !== 'Deleting',
    )
    if (other !== undefined) {
      options.onWarning(
        `The template's mapping of ${streamName} to ${functionName} is not made: there is one already, ${other.uuid}. Delete that, and start again.`,
      )
      return false
    }
    const present = await store.get(uuid)
    if (present === undefined) {
      if ((await store.create(uuid, { ...wished, state: 'Creating' })) !== undefined) return true
      continue
    }
    const { document } = present
    const isSame = JSON.stringify([document.parameters, document.kafka]) === JSON.stringify([parameters, kafka])
    if (isSame && document.state !== 'Deleting') return true
    const updating = updatingState(document.parameters.Enabled ?? true, parameters.Enabled ?? true)
    const state = isSettled(document.state) ? updating : 'Creating'
    if ((await store.change(present, { ...wished, state })) !== undefined) return true
  }
}

async function remove(uuid: string, options: SeedOptions): Promise<void> {
  const store = new MappingStore(options.resources, options.clock)
  for (;;) {
    const present = await store.get(uuid)
    if (present === undefined || present.document.state === 'Deleting') return
    if ((await store.change(present, { state: 'Deleting' })) !== undefined) return
  }
}

function digestOf({ streamName, functionName, parameters, kafka }: MappingDefinition): string {
  const text = JSON.stringify([streamName, functionName, sorted(parameters), ...(kafka === undefined ? [] : [kafka])])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function sorted<Values extends object>(values: Values): Values {
  return Object.fromEntries(Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1))) as Values
}

function appliedOf(value: JsonValue | undefined): Applied {
  if (value === undefined) return {}
  const { format: found, applied } = value as unknown as { readonly format: number; readonly applied: Applied }
  if (found > format) throw new NewerVersionError('What was applied of the template', found, format)
  return applied
}
