import { type Command, Option } from 'commander'
import { z } from 'zod'
import { UsageError } from './usage-error.ts'

/**
 * One option of the command line: this one description gives its type, default, validation, help text and line in the reference.
 * Precedence: flag, then environment variable, then default.
 */
export interface OptionDefinition<Schema extends z.ZodType = z.ZodType> {
  /** In commander's form, e.g. `--port <n>` or `-j, --json`. */
  readonly flag: string
  readonly env?: string
  readonly description: string
  /** Gets text from flag or environment, `true` from a flag without a value. */
  readonly schema: Schema
  /** As the user would write it. Absent: the option may be left out, or the schema has the default. */
  readonly default?: string
}

export type OptionTable = Readonly<Record<string, OptionDefinition>>
export type OptionValues<Table extends OptionTable> = { readonly [Name in keyof Table]: z.output<Table[Name]['schema']> }

export function option<Schema extends z.ZodType>(definition: OptionDefinition<Schema>): OptionDefinition<Schema> {
  return definition
}

/** Declares the options of a command. */
export function addOptions(command: Command, table: OptionTable): Command {
  for (const definition of Object.values(table)) {
    const { flag, env, description } = definition
    const parts = [
      description,
      definition.default === undefined ? '' : `(default: ${definition.default})`,
      env === undefined ? '' : `[$${env}]`,
    ]
    command.addOption(new Option(flag, parts.filter(Boolean).join(' ')))
  }
  return command
}

/** Reads the options of a command from its flags and the environment. Throws `UsageError`, which shows the value and what is allowed. */
export function readOptions<Table extends OptionTable>(
  table: Table,
  flags: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv = process.env,
): OptionValues<Table> {
  const values: Record<string, unknown> = {}
  for (const [name, definition] of Object.entries(table)) {
    const flagged = flags[attributeName(definition.flag)]
    const fromEnvironment = definition.env === undefined ? undefined : environment[definition.env] || undefined
    const given = flagged ?? fromEnvironment ?? definition.default
    const result = definition.schema.safeParse(given)
    if (!result.success) {
      const where =
        flagged === undefined && fromEnvironment !== undefined
          ? definition.env
          : definition.flag.split(/[ ,]+/).find((part) => part.startsWith('--'))
      throw new UsageError(`${where} ${result.error.issues[0]?.message ?? 'is not valid'}, and is ${JSON.stringify(given)}.`)
    }
    values[name] = result.data
  }
  return values as OptionValues<Table>
}

/** The name under which commander keeps a flag's value. */
function attributeName(flag: string): string {
  return new Option(flag).attributeName()
}

/** A whole number as text. */
export function wholeNumber(minimum: number, maximum: number) {
  const message = `should be a whole number from ${minimum.toLocaleString('en')} to ${maximum.toLocaleString('en')}`
  return z
    .union([z.string().regex(/^\d+$/, message), z.number()], message)
    .transform(Number)
    .pipe(z.number().int(message).min(minimum, message).max(maximum, message))
}

/** A flag without a value; an environment variable counts as set by 1 or true. */
export function switchedOn() {
  return z
    .union([z.boolean(), z.enum(['1', 'true', '0', 'false'])], 'should be 1 or 0')
    .optional()
    .transform((value) => value === true || value === '1' || value === 'true')
}

/** A list as text with commas; empty where nothing is given. */
export function commaSeparated() {
  return z
    .string()
    .optional()
    .transform((value) =>
      (value ?? '')
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
}
