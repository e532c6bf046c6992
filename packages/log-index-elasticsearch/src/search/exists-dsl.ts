import type { Dsl } from './dsl.ts'
import { anyOf } from './dsl.ts'

/** That the field has any value: one that is found, or one that is not because it is too long or not of the field's type. */
export function existsDsl(field: string): Dsl {
  return anyOf([{ exists: { field } }, { term: { _ignored: field } }])
}
