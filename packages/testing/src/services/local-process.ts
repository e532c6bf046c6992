import { spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts'
import type { Launch } from './recipe.ts'
import { ServiceError } from './service-error.ts'

const pollIntervalMs = 50
const stopTimeoutMs = 30_000

/** Starts a program that outlives this one, in a process group of its own, with its output in `server.log` of the folder. */
export async function launchProcess({ command, args, env }: Launch, directory: string): Promise<ProcessIdentity> {
  await mkdir(directory, { recursive: true })
  await using log = await open(logFile(directory), 'w')
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: directory,
    env: env ?? process.env,
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => reject(new ServiceError(`${command} could not be run: ${error.message}`)))
  })
  child.unref()
  const identity = child.pid === undefined ? undefined : identify(child.pid)
  if (identity === undefined) throw new ServiceError(`${command} ended at once: ${await lastWords(directory)}`)
  return identity
}

/** Waits until `answers` says so. @throws ServiceError with the end of the log when the process ends or takes too long. */
export async function waitUntilReady(
  identity: ProcessIdentity,
  directory: string,
  answers: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await answers())) {
    if (!isRunning(identity)) throw new ServiceError(`ended while it started. ${await lastWords(directory)}`)
    if (Date.now() > deadline) throw new ServiceError(`was not ready within ${timeoutMs / 1000} s. ${await lastWords(directory)}`)
    await sleep(pollIntervalMs)
  }
}

/** Ends a process group: first politely, after `politeMs` without mercy. Answers once it is gone. */
export async function stopProcess(identity: ProcessIdentity, politeMs: number = stopTimeoutMs): Promise<void> {
  signalProcess(identity, 'SIGTERM')
  // One that is paused would never hear it.
  signalProcess(identity, 'SIGCONT')
  const deadline = Date.now() + politeMs
  while (isRunning(identity)) {
    if (Date.now() > deadline) signalProcess(identity, 'SIGKILL')
    await sleep(pollIntervalMs)
  }
}

/** Sends a signal to the process and those that it started, if it is still that process. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return
  try {
    process.kill(-identity.pid, signal)
  } catch (error) {
    // It ended in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The file that a process's output goes to. */
export function logFile(directory: string): string {
  return join(directory, 'server.log')
}

async function lastWords(directory: string): Promise<string> {
  const log = await readFile(logFile(directory), 'utf8').catch(() => '')
  const end = log.trimEnd().split('\n').slice(-20).join('\n')
  return `The end of ${logFile(directory)}:\n${end === '' ? '(empty)' : end}`
}
