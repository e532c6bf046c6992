import type { Command } from 'commander'
import { functionLogOptions, functionOptions } from './commands/function-options.ts'
import { invokeOptions } from './commands/invoke-options.ts'
import { command } from './options/command.ts'

/** Adds `millrace function …`. */
export function addFunctionCommands(program: Command, signal: AbortSignal): void {
  const fn = program.command('function').description('functions: what there is, what they log, running one by hand')
  command(fn, 'list', 'print the functions', functionOptions, async (options) =>
    (await import('./commands/function-list.ts')).listFunctions(options, signal),
  )
  command(
    fn,
    'get <function>',
    'settings of a function, and what it did',
    functionOptions,
    async (options, name: string) => (await import('./commands/function-get.ts')).getFunction(name, options, signal),
    ['function get log-indexer'],
  )
  command(
    fn,
    'invoke <function>',
    'run a function with an event',
    invokeOptions,
    async (options, name: string) => (await import('./commands/invoke.ts')).invoke(name, options, signal),
    ['function invoke alerts --event event.json'],
  )
  command(
    fn,
    'logs <function>',
    'print what a function has logged lately',
    functionLogOptions,
    async (options, name: string) => (await import('./commands/function-logs.ts')).functionLogs(name, options, signal),
    ['function logs alerts --since 5m', 'function logs alerts --follow'],
  )
}
