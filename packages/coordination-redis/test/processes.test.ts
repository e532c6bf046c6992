import { describeWithService, redis } from '@millrace/testing/services'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { eventually, giveAll, never, takeWhatIsThere, TestSystem } from './redis-under-test.ts'

const children = new Set<ChildProcess>()

/** A process that holds so many slots. */
async function holder(system: TestSystem, max: number, count: number): Promise<ChildProcess> {
  const { url, keyPrefix, leaseMs, renewMs } = system.options
  const options = JSON.stringify({ url, keyPrefix, leaseMs, renewMs })
  const script = fileURLToPath(new URL('./fixtures/holder.ts', import.meta.url))
  const child = spawn(process.execPath, [script, options, String(max), String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.add(child)
  for await (const line of createInterface(child.stdout)) if (Number(line) === count) break
  return child
}

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

describeWithService(redis, 'Processes that share limits', ({ url }) => {
  it('keep what they hold as long as they live, and lose it when they are killed', async () => {
    await using system = new TestSystem(url)
    const child = await holder(system, 10, 7)
    const coordination = await system.open()
    const limit = coordination.concurrencyLimit('account', { max: 10 })
    await eventually('this process has what is left', async () => (await takeWhatIsThere(limit), limit.stats().taken === 3))
    const waiting = limit.take(never)
    // Far beyond a lease: the child renews.
    const renewals = coordination.stats().roundTrips + 40
    await eventually('many leases have gone by', () => coordination.stats().roundTrips > renewals)
    expect(limit.stats()).toMatchObject({ taken: 3, waiting: 1 })
    child.kill('SIGKILL')
    await waiting
    await eventually('this process has all', async () => (await takeWhatIsThere(limit), limit.stats().taken === 10))
    await eventually('it is the only one', () => coordination.stats().processes === 1)
    expect(coordination.stats().degradations).toBe(0)
    giveAll(limit)
  })

  it('that stood still for longer than a lease put what they use on record again, and take nothing on top', async () => {
    await using system = new TestSystem(url)
    const child = await holder(system, 4, 3)
    const limit = (await system.open()).concurrencyLimit('account', { max: 4 })
    child.kill('SIGSTOP')
    await eventually('the lease of the other has expired', async () => (await takeWhatIsThere(limit), limit.stats().taken === 4))
    child.kill('SIGCONT')
    limit.give()
    await eventually('the other is heard of', () => limit.stats().allowed <= 1)
    expect(await limit.request()).toBe(false)
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
    await eventually('its slots come back', () => limit.request())
    giveAll(limit)
  })
})
