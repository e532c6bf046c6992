import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { connect } from '../client/connect.ts'
import type { OptionValues } from '../options/option.ts'
import type { invokeOptions } from './invoke-options.ts'
import { CommandError, UsageError } from '../options/usage-error.ts'

/** `millrace invoke FUNCTION --event FILE`: prints the result on stdout, and the invocation's log with its REPORT line on stderr. */
export async function invoke(functionName: string, options: OptionValues<typeof invokeOptions>, signal: AbortSignal): Promise<void> {
  const event = await readEvent(options.event)
  await using connection = await connect(options)
  const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`
  const response = await connection.client.send(
    'POST',
    path,
    event,
    { 'content-type': 'application/json', 'x-amz-log-type': 'Tail' },
    signal,
  )
  const body = await response.text()
  if (!response.ok) {
    const answer = JSON.parse(body || '{}') as { message?: string; Message?: string; error?: { message?: string } }
    throw new CommandError(answer.error?.message ?? answer.message ?? answer.Message ?? `The server answered ${response.status}.`)
  }
  const log = Buffer.from(response.headers.get('x-amz-log-result') ?? '', 'base64').toString('utf8')
  const functionError = response.headers.get('x-amz-function-error')
  if (options.json) {
    console.log(JSON.stringify({ result: parseOr(body), functionError, log: log.split('\n').filter(Boolean) }))
  } else {
    process.stderr.write(log === '' || log.endsWith('\n') ? log : `${log}\n`)
    console.log(body)
  }
  if (functionError !== null) throw new CommandError(`${functionName} failed (${functionError}).`)
}

async function readEvent(file: string): Promise<string> {
  let content: string
  try {
    content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`The event cannot be read: ${(error as Error).message}`)
  }
  try {
    JSON.parse(content)
  } catch (error) {
    throw new UsageError(`The event in ${file === '-' ? 'standard input' : file} is not JSON: ${(error as Error).message}`)
  }
  return content
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
