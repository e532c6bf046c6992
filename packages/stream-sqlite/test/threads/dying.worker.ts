import { parentPort } from 'node:worker_threads'

// Answers nothing, and dies when it is told to.
parentPort?.on('message', ({ method }: { readonly method: string }) => {
  if (method === 'die') throw new Error('enough')
})
