import { mappingParametersSchema } from '@millrace/event-source-mapper'
import { z } from 'zod'
import { UsageError } from '../options/usage-error.ts'

/** Members of a request that are said by options of their own, or once and for all. */
const elsewhere: Readonly<Record<string, string>> = {
  Enabled: 'use "mapping pause", "mapping resume" or --paused',
  StartingPosition: 'it is said once, with "mapping create --from"',
  StartingPositionTimestamp: 'it is said once, with "mapping create --from"',
  payload: 'it follows from the function',
}

/** Members of Lambda's API that hold more than one value; the schema has the others. */
const structured = ['FilterCriteria', 'DestinationConfig', 'FunctionResponseTypes', 'MetricsConfig', 'Tags']

/**
 * Members of a request for a mapping out of `name=value` texts: AWS's own beside each other, Millrace's below `Millrace`. Values are JSON, else text. Throws
 * `UsageError` for what is no parameter.
 */
export function parseAssignments(texts: readonly string[]): Readonly<Record<string, unknown>> {
  const members: Record<string, unknown> = {}
  const own: Record<string, unknown> = {}
  const names = parameterNames()
  for (const text of texts) {
    const [name, value] = splitOnce(text)
    if (value === undefined) throw new UsageError(`--set should be name=value, and is ${JSON.stringify(text)}.`)
    if (elsewhere[name] !== undefined) throw new UsageError(`--set ${name} cannot be: ${elsewhere[name]}.`)
    if (!names.includes(name)) throw new UsageError(`--set knows no parameter ${JSON.stringify(name)}; there is ${names.join(', ')}.`)
    ;(/^[A-Z]/.test(name) ? members : own)[name] = valueOf(value)
  }
  return Object.keys(own).length === 0 ? members : { ...members, Millrace: own }
}

function parameterNames(): string[] {
  const { properties = {} } = z.toJSONSchema(mappingParametersSchema, { io: 'input' })
  return [...new Set([...Object.keys(properties), ...structured])].filter((name) => elsewhere[name] === undefined)
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
