import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process that is not mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in the operating system's own form: to compare, not to read. */
  readonly started: string
}

/** The identity of a process that runs, or undefined where none (or only its remains) has that number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid)
  return started === undefined ? undefined : { pid, started }
}

/** Whether that very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started
}

/** The process that calls. */
export function ownIdentity(): ProcessIdentity {
  const identity = identify(process.pid)
  if (identity === undefined) throw new Error(`The running process ${process.pid} could not be looked up.`)
  return identity
}

function startedOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The program's name stands in brackets and may hold anything; the fields after it are plain.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, ticks] = [fields[0], fields[19]]
    if (state === 'Z' || state === 'X' || ticks === undefined) return undefined
    // Ticks count from the boot, so the boot belongs to them.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().slice(0, 8)}-${ticks}`
  } catch {
    return undefined
  }
}

function startedByPs(pid: number): string | undefined {
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)
    return state === undefined || state === '' || state.startsWith('Z') ? undefined : start.join(' ')
  } catch {
    return undefined
  }
}
