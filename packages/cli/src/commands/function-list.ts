import type { FunctionConfiguration } from '@millrace/function'
import { connectToRunning } from '../client/connect.ts'
import { allPages } from '../client/all-pages.ts'
import type { OptionValues } from '../options/option.ts'
import type { functionOptions } from './function-options.ts'
import { table } from './table.ts'

/** `millrace function list` */
export async function listFunctions(options: OptionValues<typeof functionOptions>, signal: AbortSignal): Promise<void> {
  const client = await connectToRunning(options)
  const functions = await allPages<FunctionConfiguration>(client, '/2015-03-31/functions', 'Functions', signal)
  if (options.json) for (const each of functions) console.log(JSON.stringify(each))
  else for (const line of table([heading, ...functions.map(row)])) console.log(line)
}

const heading = ['FUNCTION', 'STATE', 'HANDLER', 'MEMORY', 'TIMEOUT', 'CHANGED']

function row(fn: FunctionConfiguration): string[] {
  const state = fn.LastUpdateStatus === 'Successful' ? fn.State : `${fn.State}, update ${fn.LastUpdateStatus}`
  return [fn.FunctionName, state, fn.Handler, `${fn.MemorySize} MB`, `${fn.Timeout} s`, fn.LastModified]
}
