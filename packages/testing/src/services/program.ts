import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { ServiceError } from './service-error.ts'

/** What a program that ran to its end left behind. */
export interface ProgramResult {
  readonly code: number
  /** Standard output and error, as they came; the last 400 lines. */
  readonly output: string
}

/** Options of `runProgram`. */
export interface ProgramOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Sees each line as it comes. */
  readonly line?: (line: string) => void
  /** Ends the program after so many milliseconds; without it, 15 minutes. */
  readonly timeoutMs?: number
}

const linesMax = 400

/** Runs a program and collects what it says. @throws ServiceError when it cannot be started at all. */
export function runProgram(command: string, args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 900_000,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    })
    const lines: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (lines.length > linesMax) lines.shift()
        options.line?.(line)
      })
    }
    child.once('error', (error) => reject(new ServiceError(`${command} could not be run: ${error.message}`)))
    child.once('close', (code) => resolve({ code: code ?? 1, output: lines.join('\n') }))
  })
}

/** The full path of a program on the PATH, or undefined. */
export function findOnPath(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

/** Whether this user may run that file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
