import { readFile } from 'node:fs/promises'

/** CPU time of all threads of a process so far, seconds. Linux. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // Fields 14 and 15 of proc(5), in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Resident memory of a process now, MiB; 0 for one that is gone. Linux. */
export async function rssMiB(pid: number): Promise<number> {
  return statusMiB(pid, 'VmRSS')
}

/** The most that it ever was, MiB. Linux. */
export async function peakRssMiB(pid: number): Promise<number> {
  return statusMiB(pid, 'VmHWM')
}

async function statusMiB(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024
}
