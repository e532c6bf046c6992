import { logIndexConformance } from './conformance/index.ts'
import { MemoryLogIndex } from './memory-log-index.ts'

logIndexConformance('MemoryLogIndex', async () => ({ index: new MemoryLogIndex(), [Symbol.asyncDispose]: async () => undefined }))
