import { InvalidParameterValueException } from '@millrace/function'
import type { FunctionEntry } from './settings-table.ts'

/** What Lambda leaves to the functions without a reservation; a tenth of a smaller account. */
function unreservedMin(accountMax: number): number {
  return Math.min(100, Math.floor(accountMax / 10))
}

function reservedByOthers(entry: FunctionEntry, entries: readonly FunctionEntry[]): number {
  let reserved = 0
  for (const { definition, settings } of entries) {
    if (definition.name !== entry.definition.name) reserved += settings.reservedConcurrency ?? 0
  }
  return reserved
}

/** Throws `InvalidParameterValueException` where too little would be left to the other functions, or to what is provisioned. */
export function checkReserved(entry: FunctionEntry, entries: readonly FunctionEntry[], reserved: number, accountMax: number): void {
  const { provisionedConcurrency } = entry.settings
  if (reserved < provisionedConcurrency) {
    throw new InvalidParameterValueException(
      `ReservedConcurrentExecutions ${reserved} should not be lower than function's total provisioned concurrency [${provisionedConcurrency}].`,
    )
  }
  const left = accountMax - reservedByOthers(entry, entries) - reserved
  if (reserved > 0 && left < unreservedMin(accountMax)) {
    throw new InvalidParameterValueException(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${unreservedMin(accountMax)}].`,
    )
  }
}

/** Throws `InvalidParameterValueException` for more than the function may run. */
export function checkProvisioned(entry: FunctionEntry, entries: readonly FunctionEntry[], provisioned: number, accountMax: number): void {
  const { reservedConcurrency } = entry.settings
  if (reservedConcurrency !== undefined) {
    if (provisioned <= reservedConcurrency) return
    throw new InvalidParameterValueException(
      `Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function [${reservedConcurrency}].`,
    )
  }
  const left = accountMax - reservedByOthers(entry, entries) - unreservedMin(accountMax)
  if (provisioned > left) {
    throw new InvalidParameterValueException(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${Math.max(0, left)}].`,
    )
  }
}
