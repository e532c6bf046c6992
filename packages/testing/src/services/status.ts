import { readFile } from 'node:fs/promises'
import { instanceIsRunning } from './instance.ts'
import { isRunning } from './process-identity.ts'
import type { Recipe, ServiceName } from './recipe.ts'
import { readState } from './shared-state.ts'

/** What `npm run services -- status` says of one service. */
export interface ServiceStatus {
  readonly name: ServiceName
  /** `external`: somebody else's, to which the service's variable points. `silent`: it runs, or should, and does not answer. */
  readonly state: 'running' | 'silent' | 'stopped' | 'external'
  readonly version?: string
  /** What a client of it needs. */
  readonly address?: object
  readonly backend?: 'process' | 'docker'
  readonly pid?: number
  /** Resident memory of the process in MiB, where the system says. */
  readonly rssMb?: number
  /** Whether it stays until it is stopped by hand, and the number of test runs that use it now. */
  readonly kept?: boolean
  readonly testRuns?: number
  readonly directory?: string
}

/** Looks at the shared instance of a service, and changes nothing. */
export async function serviceStatus(recipe: Recipe<object>): Promise<ServiceStatus> {
  const { name } = recipe
  const external = process.env[recipe.testVariable]
  if (external !== undefined && external !== '') {
    const address = recipe.parseAddress(external)
    return { name, state: (await recipe.answers(address)) ? 'external' : 'silent', address }
  }
  const state = await readState(name)
  if (state === undefined || !(await instanceIsRunning(state.handle))) return { name, state: 'stopped' }
  const address = recipe.address(state.port)
  const pid = state.handle.backend === 'process' ? state.handle.identity.pid : undefined
  const rssMb = pid === undefined ? undefined : await residentMb(pid)
  return {
    name,
    state: (await recipe.answers(address)) ? 'running' : 'silent',
    version: state.version,
    address,
    backend: state.handle.backend,
    ...(pid === undefined ? {} : { pid }),
    ...(rssMb === undefined ? {} : { rssMb }),
    kept: state.kept,
    testRuns: state.users.filter(isRunning).length,
    directory: state.directory,
  }
}

/** The status as one line for people. */
export function describeStatus({ name, state, version, address, backend, pid, rssMb, kept, testRuns = 0 }: ServiceStatus): string {
  const where = Object.values(address ?? {})
    .flat()
    .join(',')
  const uses = kept === true ? 'until stopped' : testRuns > 0 ? `for ${testRuns} test run${testRuns === 1 ? '' : 's'}` : ''
  const details = [version, pid === undefined ? backend : `pid ${pid}`, rssMb === undefined ? undefined : `${rssMb} MiB`, uses]
  return [name.padEnd(15), state.padEnd(9), where, details.filter((detail) => detail !== undefined && detail !== '').join(', ')]
    .join(' ')
    .trimEnd()
}

async function residentMb(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(status)?.[1]
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024)
}
