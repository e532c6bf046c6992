import { mappingParametersSchema } from '@millrace/event-source-mapper'
import type { Command } from 'commander'
import { z } from 'zod'

/** The reference page of the command line: made from the same descriptions that the help and the validation come from. */
export function renderReference(program: Command): string {
  const lines = [
    '# Reference of the command line',
    '',
    'Made from the option schemas; do not edit. An option is taken from its flag, else from its environment variable, else it has its default.',
    '',
    'Exit codes: 0 done, 1 not done (one sentence on stderr says why), 2 the command line cannot be meant, 130 interrupted. `MILLRACE_DEBUG=1` adds stack traces.',
    '',
  ]
  for (const command of leaves(program)) {
    lines.push(`## millrace ${command.path} ${command.command.usage().replace('[options] ', '').replace('[options]', '')}`.trimEnd(), '')
    lines.push(sentence(command.command.description()), '', '| option | meaning |', '|---|---|')
    for (const option of command.command.options) lines.push(`| \`${option.flags}\` | ${escape(option.description)} |`)
    lines.push('')
  }
  lines.push(
    '## Parameters of an event source mapping',
    '',
    'Properties of a Kinesis event, or of an `AWS::Lambda::EventSourceMapping`, in a template. Names in upper case are AWS\u2019s; those in lower case are Millrace\u2019s own. The built-in function',
    '`log-indexer` has a BatchSize of 5000 and 5 MaximumRetryAttempts unless its mapping says otherwise.',
    '',
    '| parameter | values | default | meaning |',
    '|---|---|---|---|',
    ...mappingRows(),
    '',
  )
  return lines.join('\n')
}

function leaves(parent: Command, path = ''): { readonly path: string; readonly command: Command }[] {
  return parent.commands.flatMap((command) => {
    const name = `${path}${command.name()}`
    return command.commands.length > 0 ? leaves(command, `${name} `) : [{ path: name, command }]
  })
}

interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly enum?: readonly string[]
  readonly items?: JsonSchema
}

function mappingRows(): string[] {
  const { properties } = z.toJSONSchema(mappingParametersSchema, { io: 'input' }) as { properties: Record<string, JsonSchema> }
  return Object.entries(properties)
    .filter(([name]) => name !== 'payload')
    .map(
      ([name, schema]) =>
        `| ${name} | ${values(schema)} | ${schema.default === undefined ? '' : JSON.stringify(schema.default)} | ${escape(schema.description ?? '')} |`,
    )
}

function values(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.join(', ')
  if (schema.type === 'array') return `list of ${values(schema.items ?? {})}`
  if (schema.type === 'integer' && schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER) {
    return `${(schema.minimum ?? 0).toLocaleString('en')} to ${schema.maximum.toLocaleString('en')}`
  }
  return schema.type ?? ''
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
