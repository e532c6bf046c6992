import {
  type EventSourceMappingConfiguration,
  type EventSourceMappingSettings,
  eventSourceMappingArn,
  functionArn,
} from '@millrace/function'
import { streamArn } from '@millrace/stream'
import type { MappingParameters } from '../mapping-parameters.ts'
import type { VersionedMapping } from './mapping-document.ts'

/** A mapping in Lambda's words. `parameters` are the effective ones. What Lambda does not have is under `Millrace`. */
export function mappingConfiguration(
  { uuid, document }: VersionedMapping,
  parameters: MappingParameters,
  lastProcessingResult: string,
): EventSourceMappingConfiguration {
  const entries = Object.entries(parameters).filter(([name, value]) => name !== 'Enabled' && value !== undefined)
  const lambdas = Object.fromEntries(entries.filter(([name]) => isLambdas(name))) as Omit<EventSourceMappingSettings, 'Enabled'>
  return {
    ...lambdas,
    UUID: uuid,
    EventSourceMappingArn: eventSourceMappingArn(uuid),
    EventSourceArn: streamArn(document.streamName),
    FunctionArn: functionArn(document.functionName),
    LastModified: document.lastModified / 1000,
    LastProcessingResult: lastProcessingResult,
    State: document.state,
    StateTransitionReason: 'User action',
    Millrace: Object.fromEntries(entries.filter(([name]) => !isLambdas(name))),
  }
}

/** Lambda's parameters begin with a capital, Millrace's own do not. */
export function isLambdas(parameterName: string): boolean {
  return /^[A-Z]/.test(parameterName)
}
