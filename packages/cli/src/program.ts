import { Command } from 'commander'
import { deadLettersListOptions, deadLettersRedriveOptions, deadLettersShowOptions } from './commands/dead-letters-options.ts'
import { invokeOptions } from './commands/invoke-options.ts'
import { pipeOptions } from './commands/pipe-options.ts'
import { searchOptions } from './commands/search-options.ts'
import { statsOptions } from './commands/stats-options.ts'
import { tailOptions } from './commands/tail-options.ts'
import { upOptions } from './commands/up-options.ts'
import { command } from './options/command.ts'
import { addFunctionCommands } from './program-function.ts'
import { addMappingCommands } from './program-mapping.ts'
import { version } from './version.ts'

/** The command line. A command's code is loaded when it runs, so that help and short commands are quick. */
export function buildProgram(signal: AbortSignal): Command {
  const program = new Command('millrace')
    .description('A log pipeline: logs in, a partitioned stream, handlers, searchable ECS documents out.')
    .version(version)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()

  command(program, 'up', 'run the whole pipeline in this process', upOptions, async (options) =>
    (await import('./commands/up.ts')).up(options, signal),
  )
  command(program, 'pipe [files...]', 'send lines of files or of standard input', pipeOptions, async (options, files: string[]) =>
    (await import('./commands/pipe.ts')).pipe(files, options, signal),
  )
  command(program, 'search [query]', 'print the newest documents that match', searchOptions, async (options, query?: string) =>
    (await import('./commands/search.ts')).search(query, options, signal),
  )
  command(program, 'tail [query]', 'follow documents as they come', tailOptions, async (options, query?: string) =>
    (await import('./commands/tail.ts')).tail(query, options, signal),
  )
  command(program, 'stats', 'where every record is, and how far each shard is behind', statsOptions, async (options) =>
    (await import('./commands/stats.ts')).stats(options, signal),
  )
  command(program, 'invoke <function>', 'run a function with an event', invokeOptions, async (options, name: string) =>
    (await import('./commands/invoke.ts')).invoke(name, options, signal),
  )
  addFunctionCommands(program, signal)
  addMappingCommands(program, signal)
  const deadLetters = program.command('dead-letters').description('records that were given up, with their bytes and the reason')
  command(deadLetters, 'list', 'print dead letters, oldest first', deadLettersListOptions, async (options) =>
    (await import('./commands/dead-letters.ts')).listDeadLetters(options, signal),
  )
  command(deadLetters, 'show <id>', 'print one dead letter and its bytes', deadLettersShowOptions, async (options, id: string) =>
    (await import('./commands/dead-letters.ts')).showDeadLetter(id, options, signal),
  )
  command(deadLetters, 'redrive [ids...]', 'put records back on their stream', deadLettersRedriveOptions, async (options, ids: string[]) =>
    (await import('./commands/dead-letters.ts')).redriveDeadLetters(ids, options, signal),
  )
  return program
}
