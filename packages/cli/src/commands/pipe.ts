import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { readDataDirectory } from '@millrace/stream-sqlite'
import { findRunning } from '../client/connect.ts'
import { applyMemorySettings } from '../memory-settings.ts'
import { defaultHost, defaultPort } from '../options/common.ts'
import type { OptionValues } from '../options/option.ts'
import { CommandError } from '../options/usage-error.ts'
import { HttpDestination } from '../pipe/http-destination.ts'
import { runPipe } from '../pipe/run-pipe.ts'
import { systemClock } from '../system/system-clock.ts'
import { normalizerFrom } from './normalizer-from.ts'
import type { pipeOptions } from './pipe-options.ts'

type Options = OptionValues<typeof pipeOptions>

/** Interrupted, a pipe goes on for this long to the end of its input: the program that writes to it was interrupted too, and has last words. */
const lastWordsMs = 1_000

/** `millrace pipe [FILE...]`: exit code 0 only when every line was accepted. */
export async function pipe(files: readonly string[], options: Options, signal: AbortSignal): Promise<void> {
  const target = await chooseTarget(options)
  try {
    const stopping = new AbortController()
    signal.addEventListener('abort', () => setTimeout(() => stopping.abort(signal.reason), lastWordsMs).unref(), { once: true })
    const summary = await runPipe(
      {
        files,
        destination: new HttpDestination({ url: target.url, stream: options.stream, apiKey: options.apiKey }),
        stream: options.stream,
        service: options.service,
        host: options.hostName,
        partitionKey: options.partitionKey,
        ordered: options.ordered,
        tee: options.tee,
        quiet: options.quiet,
        waitMs: options.wait * 1000,
        spoolDirectory: target.spoolDirectory,
      },
      {
        stdin: process.stdin,
        stdout: process.stdout,
        stderr: process.stderr,
        signal: stopping.signal,
        clock: systemClock,
        random: Math.random,
        drawId: () => randomUUID().replaceAll('-', '').slice(0, 20),
      },
    )
    await target.settled(signal)
    if (!summary.complete) throw new CommandError('Not every line was accepted.')
  } finally {
    await target.close()
  }
}

interface Target {
  readonly url: string
  readonly spoolDirectory: string | undefined
  /** Resolves when what was sent is in the index, if that is this process's own work. */
  settled(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

async function chooseTarget(options: Options): Promise<Target> {
  const spoolDirectory = options.spool ?? join(options.data, 'spool')
  const remote = (url: string): Target => ({ url, spoolDirectory, settled: async () => {}, close: async () => {} })
  const running = await findRunning(options)
  if (running !== undefined) return remote(running.url)
  if ((await readDataDirectory(options.data))?.kind === 'kafka') {
    // Its records belong into Kafka: what stood in a stream of its own here would never be found there.
    const url = `http://${defaultHost}:${defaultPort}`
    console.error(`millrace: ${options.data} belongs to a system over Kafka that does not run: lines are spooled for ${url}`)
    return remote(url)
  }
  // From here on this process is a server. Nothing was read yet, so it may start anew.
  applyMemorySettings()
  const { serveLocally } = await import('../system/serve-locally.ts')
  const server = await serveLocally({ ...options, normalizer: normalizerFrom(options) })
  if (!options.quiet)
    console.error(`millrace: nothing runs at http://${defaultHost}:${defaultPort}: handling the lines here, in ${options.data}`)
  return {
    url: server.url,
    spoolDirectory: undefined,
    settled: (signal) => server.system.settled(signal),
    close: () => server.close(),
  }
}
