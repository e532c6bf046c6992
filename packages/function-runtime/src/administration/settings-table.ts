import { ResourceConflictException, ResourceNotFoundException, functionArn } from '@millrace/function'
import { type Resource, type ResourceChange, ResourceConflictError, type ResourceStore } from '@millrace/stream'
import type { FunctionDefinition } from '../function-definition.ts'
import { definitionDigest, type EffectiveSettings, effectiveSettings } from './effective-settings.ts'
import { type FunctionOverrides, readOverrides, writeOverrides } from './function-overrides.ts'

const kind = 'function-settings'
const triesMax = 5

/** A function with what holds for it at present. */
export interface FunctionEntry {
  readonly definition: FunctionDefinition
  readonly digest: string
  readonly overrides: FunctionOverrides | undefined
  readonly settings: EffectiveSettings
  /** Of the resource that the overrides are kept in; 0 before there is one. */
  readonly version: number
}

/** The functions of a system and their settings, which all its processes share. Tells its owner what has changed. */
export class SettingsTable {
  readonly #resources: ResourceStore
  readonly #onChange: (entry: FunctionEntry) => void
  readonly #entries = new Map<string, FunctionEntry>()

  constructor(resources: ResourceStore, definitions: readonly FunctionDefinition[], onChange: (entry: FunctionEntry) => void) {
    this.#resources = resources
    this.#onChange = onChange
    for (const definition of definitions) {
      const digest = definitionDigest(definition)
      const settings = effectiveSettings(definition, undefined)
      this.#entries.set(definition.name, { definition, digest, overrides: undefined, settings, version: 0 })
    }
  }

  /** In ascending order of their names. */
  entries(): FunctionEntry[] {
    return [...this.#entries.values()].toSorted((one, other) => (one.definition.name < other.definition.name ? -1 : 1))
  }

  /** Throws `ResourceNotFoundException`. */
  entry(functionName: string): FunctionEntry {
    const entry = this.#entries.get(functionName)
    if (entry === undefined) throw new ResourceNotFoundException(`Function not found: ${functionArn(functionName)}`)
    return entry
  }

  /** Follows what other processes change, until the signal is aborted. `onReady` is called when what is kept has been taken over. */
  async follow(signal: AbortSignal, onReady: () => void): Promise<void> {
    for await (const changes of this.#resources.watch(kind, signal)) {
      for (const change of changes) this.#apply(change)
      onReady()
    }
  }

  /**
   * Changes a function's overrides, and keeps them. `make` gets the function as it stands, and may throw; it is called again when another process was quicker.
   * Throws `ResourceNotFoundException`, `ResourceConflictException`.
   */
  async change(functionName: string, make: (entry: FunctionEntry) => FunctionOverrides): Promise<FunctionEntry> {
    for (let tries = 1; ; tries++) {
      const entry = this.entry(functionName)
      try {
        const value = writeOverrides(make(entry))
        this.#apply(await this.#resources.put(kind, functionName, value, { ifVersion: entry.version }))
        return this.entry(functionName)
      } catch (error) {
        if (!(error instanceof ResourceConflictError)) throw error
        if (tries === triesMax) {
          throw new ResourceConflictException(`The settings of ${functionName} are being changed by someone else. Try again.`)
        }
        const found = await this.#resources.get(kind, functionName)
        this.#apply(found ?? { kind, id: functionName, version: error.version, value: undefined })
      }
    }
  }

  #apply(change: Resource | ResourceChange): void {
    const entry = this.#entries.get(change.id)
    if (entry === undefined || (change.version <= entry.version && change.value !== undefined)) return
    const read = change.value === undefined ? undefined : readOverrides(change.value)
    // What was changed over the API counts for as long as the template stays as it was then.
    const overrides = read?.definition === entry.digest ? read : undefined
    const settings = effectiveSettings(entry.definition, overrides)
    const version = change.value === undefined ? 0 : change.version
    const changed = { ...entry, overrides, settings, version }
    this.#entries.set(change.id, changed)
    this.#onChange(changed)
  }
}
