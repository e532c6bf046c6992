import {
  type AccountSettings,
  type EventInvokeSettings,
  type FunctionAdministration,
  functionArn,
  type FunctionConcurrency,
  type FunctionConfiguration,
  type FunctionDescription,
  type FunctionEventInvokeConfig,
  InvalidParameterValueException,
  PreconditionFailedException,
  type ProvisionedConcurrencyConfig,
  ProvisionedConcurrencyConfigNotFoundException,
  ResourceNotFoundException,
  type TagChange,
  type Tags,
  type UpdateFunctionConfigurationRequest,
} from '@millrace/function'
import type { ResourceStore } from '@millrace/stream'
import type { AsyncSettings } from '../asynchronous/async-settings.ts'
import type { Clock } from '../clock.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import type { FunctionRuntime } from '../function-runtime.ts'
import { pause } from '../pause.ts'
import { checkProvisioned, checkReserved } from './check-concurrency.ts'
import { CodeDigests } from '../code/code-digest.ts'
import { asyncSettings } from './effective-settings.ts'
import { awsTime, functionConfiguration } from './function-configuration.ts'
import type { EventInvokeOverrides, FunctionOverrides } from './function-overrides.ts'
import { FunctionTags } from './function-tags.ts'
import { type FunctionEntry, SettingsTable } from './settings-table.ts'
import { configurationOverrides } from './update-configuration.ts'

export interface FunctionAdministrationOptions {
  readonly runtime: FunctionRuntime
  /** Keeps what is changed, for all processes of the system. */
  readonly resources: ResourceStore
  /** As the runtime was given them. */
  readonly functions: readonly FunctionDefinition[]
  readonly clock: Clock
  /** A new one after each change: random UUIDs. */
  revision(): string
  /** Throws `InvalidParameterValueException` for a destination that nothing can be delivered to. */
  checkDestination?(destination: string): void
  warn(message: string): void
}

/** Functions and their settings: those of the definitions, and over them what is changed over the API, which every process of the system takes over. */
export interface RunningFunctionAdministration extends FunctionAdministration {
  /** Follows what other processes change until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>
  /** Resolves when what was changed before this process began is taken over. */
  readonly ready: Promise<void>
  asyncSettingsOf(functionName: string): AsyncSettings
}

export function createFunctionAdministration(options: FunctionAdministrationOptions): RunningFunctionAdministration {
  return new Administration(options)
}

const followAgainMs = 1_000

class Administration implements RunningFunctionAdministration {
  readonly ready: Promise<void>
  readonly #options: FunctionAdministrationOptions
  readonly #table: SettingsTable
  readonly #tags: FunctionTags
  readonly #digests = new CodeDigests()
  readonly #resolveReady: () => void

  constructor(options: FunctionAdministrationOptions) {
    this.#options = options
    this.#tags = new FunctionTags(options.resources)
    this.#table = new SettingsTable(options.resources, options.functions, ({ definition, settings }) =>
      options.runtime.change(definition.name, settings),
    )
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ready = promise
    this.#resolveReady = resolve
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#table.follow(signal, this.#resolveReady)
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof Error && 'retryable' in error && error.retryable === false) throw error
        this.#options.warn(`Settings of functions cannot be followed, and are tried again: ${String(error)}`)
        await pause(this.#options.clock, followAgainMs, signal)
      }
    }
  }

  asyncSettingsOf(functionName: string): AsyncSettings {
    return asyncSettings(this.#table.entry(functionName).settings)
  }

  list(): Promise<readonly FunctionConfiguration[]> {
    return Promise.all(this.#table.entries().map((entry) => this.#configuration(entry)))
  }

  async get(functionName: string): Promise<FunctionDescription> {
    const entry = this.#table.entry(functionName)
    const { definition, settings } = entry
    const Tags = await this.#tags.get(functionName)
    const Location = definition.kind === 'lambda' ? `file://${definition.directory}` : definition.module.href
    return {
      Configuration: await this.#configuration(entry),
      Code: { RepositoryType: 'file', Location },
      ...(Object.keys(Tags).length === 0 ? {} : { Tags }),
      ...(settings.reservedConcurrency === undefined
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: settings.reservedConcurrency } }),
    }
  }

  async getConfiguration(functionName: string): Promise<FunctionConfiguration> {
    return this.#configuration(this.#table.entry(functionName))
  }

  async updateConfiguration(functionName: string, request: UpdateFunctionConfigurationRequest): Promise<FunctionConfiguration> {
    const { RevisionId, ...change } = request
    if (RevisionId !== undefined && RevisionId !== (await this.getConfiguration(functionName)).RevisionId) {
      throw new PreconditionFailedException(
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      )
    }
    const target = change.DeadLetterConfig?.TargetArn ?? ''
    if (target !== '') this.#options.checkDestination?.(target)
    const changed = await this.#change(functionName, (entry) => ({
      configuration: configurationOverrides(entry, change),
      modifiedTimestamp: this.#options.clock.now(),
    }))
    return this.#configuration(changed)
  }

  async tags(functionName: string): Promise<Tags> {
    return this.#tags.get(this.#table.entry(functionName).definition.name)
  }

  async changeTags(functionName: string, change: TagChange): Promise<void> {
    await this.#tags.change(this.#table.entry(functionName).definition.name, change)
  }

  async putConcurrency(functionName: string, ReservedConcurrentExecutions: number): Promise<FunctionConcurrency> {
    await this.#change(functionName, (entry) => {
      checkReserved(entry, this.#table.entries(), ReservedConcurrentExecutions, this.#accountMax)
      return { ReservedConcurrentExecutions }
    })
    return { ReservedConcurrentExecutions }
  }

  async getConcurrency(functionName: string): Promise<FunctionConcurrency> {
    const { reservedConcurrency } = this.#table.entry(functionName).settings
    return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency }
  }

  async deleteConcurrency(functionName: string): Promise<void> {
    await this.#change(functionName, () => ({ ReservedConcurrentExecutions: null }))
  }

  async putProvisionedConcurrency(functionName: string, ProvisionedConcurrentExecutions: number): Promise<ProvisionedConcurrencyConfig> {
    await this.#change(functionName, (entry) => {
      checkProvisioned(entry, this.#table.entries(), ProvisionedConcurrentExecutions, this.#accountMax)
      return { ProvisionedConcurrentExecutions, provisionedTimestamp: this.#options.clock.now() }
    })
    return this.getProvisionedConcurrency(functionName)
  }

  async getProvisionedConcurrency(functionName: string): Promise<ProvisionedConcurrencyConfig> {
    const entry = this.#table.entry(functionName)
    const { provisionedConcurrency: requested } = entry.settings
    if (requested === 0) {
      throw new ProvisionedConcurrencyConfigNotFoundException(
        `No Provisioned Concurrency Config found for function: ${functionArn(functionName)}`,
      )
    }
    const { asked, ready, idle, failing } = this.#options.runtime.provisioned(functionName)
    const code = await this.#digests.of(entry.definition)
    // This process tells of its own part; the others keep theirs in the same way.
    const part = (count: number): number => (asked === 0 ? 0 : Math.floor((requested * Math.min(count, asked)) / asked))
    return {
      RequestedProvisionedConcurrentExecutions: requested,
      AllocatedProvisionedConcurrentExecutions: part(ready),
      AvailableProvisionedConcurrentExecutions: part(idle),
      ...(ready >= asked
        ? { Status: 'READY' as const }
        : failing
          ? { Status: 'FAILED' as const, StatusReason: 'FUNCTION_ERROR_INIT_FAILURE' }
          : { Status: 'IN_PROGRESS' as const }),
      LastModified: awsTime(entry.overrides?.provisionedTimestamp ?? code.modifiedTimestamp),
    }
  }

  async deleteProvisionedConcurrency(functionName: string): Promise<void> {
    await this.#change(functionName, () => ({ ProvisionedConcurrentExecutions: 0 }))
  }

  async putEventInvokeConfig(functionName: string, settings: EventInvokeSettings): Promise<FunctionEventInvokeConfig> {
    this.#checkDestinations(settings)
    await this.#change(functionName, () => ({ eventInvoke: { ...settings, modifiedTimestamp: this.#options.clock.now() } }))
    return this.getEventInvokeConfig(functionName)
  }

  async updateEventInvokeConfig(functionName: string, settings: EventInvokeSettings): Promise<FunctionEventInvokeConfig> {
    this.#checkDestinations(settings)
    await this.#change(functionName, (entry) => {
      const { modifiedTimestamp: _before, ...before } = this.#eventInvoke(entry) as EventInvokeOverrides
      const DestinationConfig = { ...before.DestinationConfig, ...settings.DestinationConfig }
      return { eventInvoke: { ...before, ...settings, DestinationConfig, modifiedTimestamp: this.#options.clock.now() } }
    })
    return this.getEventInvokeConfig(functionName)
  }

  async getEventInvokeConfig(functionName: string): Promise<FunctionEventInvokeConfig> {
    const entry = this.#table.entry(functionName)
    const { modifiedTimestamp, ...settings } = this.#eventInvoke(entry) as EventInvokeSettings & { readonly modifiedTimestamp?: number }
    const { modifiedTimestamp: codeTimestamp } = await this.#digests.of(entry.definition)
    return { ...settings, FunctionArn: `${functionArn(functionName)}:$LATEST`, LastModified: (modifiedTimestamp ?? codeTimestamp) / 1000 }
  }

  async deleteEventInvokeConfig(functionName: string): Promise<void> {
    await this.#change(functionName, (entry) => {
      this.#eventInvoke(entry)
      return { eventInvoke: null }
    })
  }

  async accountSettings(): Promise<AccountSettings> {
    const codes = await Promise.all(this.#table.entries().map(({ definition }) => this.#digests.of(definition)))
    const { concurrencyMax, unreservedConcurrencyMax } = this.#options.runtime.accountStats()
    const noLimit = Number.MAX_SAFE_INTEGER
    return {
      AccountLimit: {
        TotalCodeSize: noLimit,
        CodeSizeUnzipped: noLimit,
        CodeSizeZipped: noLimit,
        ConcurrentExecutions: concurrencyMax,
        UnreservedConcurrentExecutions: unreservedConcurrencyMax,
      },
      AccountUsage: { TotalCodeSize: codes.reduce((sum, { bytes }) => sum + bytes, 0), FunctionCount: codes.length },
    }
  }

  get #accountMax(): number {
    return this.#options.runtime.accountStats().concurrencyMax
  }

  async #configuration(entry: FunctionEntry): Promise<FunctionConfiguration> {
    return functionConfiguration(entry, await this.#digests.of(entry.definition))
  }

  /** What `make` answers replaces what was overridden so far under the same names. */
  #change(functionName: string, make: (entry: FunctionEntry) => Partial<FunctionOverrides>): Promise<FunctionEntry> {
    return this.#table.change(functionName, (entry) => ({
      ...entry.overrides,
      ...make(entry),
      definition: entry.digest,
      revision: this.#options.revision(),
    }))
  }

  #eventInvoke({ definition, settings }: FunctionEntry): EventInvokeSettings {
    if (settings.eventInvoke !== undefined) return settings.eventInvoke
    throw new ResourceNotFoundException(`The function ${functionArn(definition.name)}:$LATEST doesn't have an EventInvokeConfig`)
  }

  #checkDestinations({ DestinationConfig }: EventInvokeSettings): void {
    for (const { Destination = '' } of [DestinationConfig?.OnSuccess ?? {}, DestinationConfig?.OnFailure ?? {}]) {
      if (Destination.length > 350) {
        throw new InvalidParameterValueException(`The destination has ${Destination.length} characters; it may have 350 at most.`)
      }
      if (Destination !== '') this.#options.checkDestination?.(Destination)
    }
  }
}
