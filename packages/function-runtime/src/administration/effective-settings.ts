import type { EventInvokeSettings } from '@millrace/function'
import { createHash } from 'node:crypto'
import type { AsyncSettings } from '../asynchronous/async-settings.ts'
import { asyncDefaults } from '../asynchronous/async-settings.ts'
import type { FunctionChange } from '../function-change.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import type { FunctionOverrides } from './function-overrides.ts'

/** What holds for a function: its definition, and over it what was changed over the API. */
export interface EffectiveSettings extends FunctionChange {
  readonly timeoutSeconds: number
  readonly memorySizeMb: number
  readonly environment: Readonly<Record<string, string>>
  readonly reservedConcurrency: number | undefined
  readonly provisionedConcurrency: number
  readonly description: string
  readonly deadLetterTarget: string
  readonly eventInvoke: EventInvokeSettings | undefined
}

/** Tells a definition from its predecessors. Of functions that are part of the program the settings alone can change: theirs is always the same. */
export function definitionDigest(definition: FunctionDefinition): string {
  if (definition.kind === 'native') return 'built-in'
  const { directory: _directory, ...settings } = definition
  const sorted = Object.entries(settings).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64url')
}

export function effectiveSettings(definition: FunctionDefinition, overrides: FunctionOverrides | undefined): EffectiveSettings {
  const configuration = overrides?.configuration ?? {}
  const reserved = overrides?.ReservedConcurrentExecutions
  const eventInvoke = overrides?.eventInvoke
  return {
    ...(definition.kind === 'lambda' ? { handler: configuration.Handler ?? definition.handler } : {}),
    timeoutSeconds: configuration.Timeout ?? definition.timeoutSeconds ?? 3,
    memorySizeMb: configuration.MemorySize ?? definition.memorySizeMb ?? 128,
    environment: configuration.Environment ?? definition.environment ?? {},
    reservedConcurrency: reserved === undefined ? definition.reservedConcurrency : (reserved ?? undefined),
    provisionedConcurrency: overrides?.ProvisionedConcurrentExecutions ?? definition.provisionedConcurrency ?? 0,
    description: configuration.Description ?? definition.description ?? '',
    deadLetterTarget: configuration.DeadLetterConfig?.TargetArn ?? definition.deadLetterTarget ?? '',
    eventInvoke: eventInvoke === undefined ? definition.eventInvoke : (eventInvoke ?? undefined),
  }
}

/** As asynchronous invocation reads them. */
export function asyncSettings({ eventInvoke, deadLetterTarget, reservedConcurrency }: EffectiveSettings): AsyncSettings {
  const onSuccess = eventInvoke?.DestinationConfig?.OnSuccess?.Destination ?? ''
  const onFailure = eventInvoke?.DestinationConfig?.OnFailure?.Destination ?? ''
  return {
    retriesMax: eventInvoke?.MaximumRetryAttempts ?? asyncDefaults.retriesMax,
    eventAgeSecondsMax: eventInvoke?.MaximumEventAgeInSeconds ?? asyncDefaults.eventAgeSecondsMax,
    turnedOff: reservedConcurrency === 0,
    ...(onSuccess === '' ? {} : { onSuccess }),
    ...(onFailure === '' ? {} : { onFailure }),
    ...(deadLetterTarget === '' ? {} : { deadLetterTarget }),
  }
}
