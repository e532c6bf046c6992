import { StorageFailedError } from '@millrace/stream'
import { expect, it } from 'vitest'
import { StorageThread } from '../src/threads/storage-thread.ts'

const dying = new URL('./threads/dying.worker.ts', import.meta.url)

it('fails everything that is under way when the thread dies, tells, and fails what comes after', async () => {
  const thread = new StorageThread('writer', dying, '')
  const under = [thread.call('wait', []), thread.call('wait', [])]
  const last = thread.call('die', [])
  for (const call of [...under, last]) await expect(call).rejects.toBeInstanceOf(StorageFailedError)
  await expect(thread.failed).resolves.toMatchObject({ retryable: true, message: expect.stringContaining('writer thread failed: enough') })
  await expect(thread.call('wait', [])).rejects.toBeInstanceOf(StorageFailedError)
  await thread.close()
})
