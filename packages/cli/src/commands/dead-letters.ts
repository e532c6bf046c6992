import { connectToExisting } from '../client/connect.ts'
import type { OptionValues } from '../options/option.ts'
import type { deadLettersListOptions, deadLettersShowOptions, deadLettersRedriveOptions } from './dead-letters-options.ts'
import { redriveLetters } from '../client/redrive-letters.ts'
import { systemClock } from '../system/system-clock.ts'
import { CommandError, UsageError } from '../options/usage-error.ts'

/** A dead letter as the gateway answers it. */
interface Letter {
  readonly id: string
  readonly stream: string
  readonly functionName: string
  readonly condition: string
  readonly reason: string
  readonly attempts: number
  readonly timestamp: number
  readonly partitionKey: string
  readonly shardId: string
  readonly sequenceNumber: string
  /** Base64. */
  readonly data: string
}

/** `millrace dead-letters list` */
export async function listDeadLetters(options: OptionValues<typeof deadLettersListOptions>, signal: AbortSignal): Promise<void> {
  await using connection = await connectToExisting(options)
  const parameters = new URLSearchParams({ limit: String(options.size) })
  for (const key of ['stream', 'function', 'after'] as const) if (options[key] !== undefined) parameters.set(key, options[key])
  const { deadLetters, next } = await connection.client.json<{ deadLetters: Letter[]; next?: string }>(
    'GET',
    `/dead-letters?${parameters.toString()}`,
    undefined,
    signal,
  )
  for (const letter of deadLetters) {
    if (options.json) console.log(JSON.stringify(letter))
    else {
      const bytes = Buffer.from(letter.data, 'base64')
      console.log(
        `${letter.id}  ${new Date(letter.timestamp).toISOString()}  ${letter.stream} > ${letter.functionName}  ${letter.condition}  ${letter.reason}`,
      )
      console.log(`    ${JSON.stringify(bytes.toString('utf8', 0, 160))}${bytes.length > 160 ? ` … ${bytes.length} bytes` : ''}`)
    }
  }
  if (!options.json && deadLetters.length === 0) console.error('There are no dead letters.')
  if (!options.json && next !== undefined) console.error(`There may be more: --after ${next}`)
}

/** `millrace dead-letters show ID` */
export async function showDeadLetter(id: string, options: OptionValues<typeof deadLettersShowOptions>, signal: AbortSignal): Promise<void> {
  await using connection = await connectToExisting(options)
  const letter = await connection.client.json<Letter>('GET', `/dead-letters/${encodeURIComponent(id)}`, undefined, signal)
  if (options.json) {
    console.log(JSON.stringify(letter))
    return
  }
  const { data, ...rest } = letter
  for (const [name, value] of Object.entries(rest))
    console.log(`${name.padEnd(28)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
  console.log('')
  process.stdout.write(Buffer.concat([Buffer.from(data, 'base64'), Buffer.from('\n')]))
}

/** `millrace dead-letters redrive [ID...]`: puts records back on their stream with the identity they had, then removes the letters. */
export async function redriveDeadLetters(
  ids: readonly string[],
  options: OptionValues<typeof deadLettersRedriveOptions>,
  signal: AbortSignal,
): Promise<void> {
  if (ids.length === 0 && !options.all) throw new UsageError('Name the letters to redrive by their ids, or say --all.')
  if (ids.length > 0 && options.all) throw new UsageError('Either name letters by their ids, or say --all.')
  await using connection = await connectToExisting(options)
  const { stream, function: functionName } = options
  const filter = { ...(stream === undefined ? {} : { stream }), ...(functionName === undefined ? {} : { function: functionName }) }
  const headers = { 'content-type': 'application/json' }
  const answer = await redriveLetters(options.all ? { all: true, ...filter } : { ids }, {
    post: (body) => connection.client.send('POST', '/dead-letters/redrive', JSON.stringify(body), headers, signal),
    clock: systemClock,
    random: Math.random,
    waitMs: options.wait * 1000,
    signal,
    onWait: (reason) => console.error(`millrace: waiting: ${reason}`),
  })
  if (options.json) console.log(JSON.stringify(answer))
  else console.log(`${answer.redriven.toLocaleString('en')} redriven`)
  const { failed } = answer
  if (failed.length > 0) throw new CommandError(`${failed.length} could not be redriven, e.g. ${failed[0]?.id}: ${failed[0]?.message}`)
}
