import type { Command } from 'commander'
import { addOptions, type OptionTable, type OptionValues, readOptions } from './option.ts'

/** Adds a command: its usage, help and options, and what it does. Examples, without the `millrace` in front, stand below its help. */
export function command<Table extends OptionTable, Parameters extends unknown[]>(
  parent: Command,
  usage: string,
  description: string,
  table: Table,
  action: (options: OptionValues<Table>, ...parameters: Parameters) => Promise<void>,
  examples: readonly string[] = [],
): void {
  const added = addOptions(parent.command(usage).description(description), table).action(async (...given: unknown[]) => {
    // Commander hands over the arguments, then the options, then the command itself.
    const parameters = given.slice(0, -2) as Parameters
    await action(readOptions(table, given.at(-2) as Record<string, unknown>), ...parameters)
  })
  if (examples.length > 0) added.addHelpText('after', `\nExamples:\n${examples.map((example) => `  millrace ${example}`).join('\n')}`)
}
