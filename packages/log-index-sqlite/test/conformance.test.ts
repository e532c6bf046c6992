import { logIndexConformance } from '@millrace/log-index/conformance'
import { temporaryDirectory } from '@millrace/testing'
import { openSqliteLogIndex } from '../src/index.ts'

logIndexConformance('The embedded index', async () => {
  const directory = await temporaryDirectory()
  const open = () => openSqliteLogIndex({ directory: directory.path })
  const subject = {
    index: await open(),
    reopen: async (): Promise<void> => {
      await subject.index.close()
      subject.index = await open()
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await subject.index.close()
      await directory[Symbol.asyncDispose]()
    },
  }
  return subject
})
