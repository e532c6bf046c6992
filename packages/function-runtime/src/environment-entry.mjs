// The first file that an execution environment runs. It is JavaScript, and it asks the runtime for TypeScript sources without their types: an environment
// that strips types itself loads a compiler for that, which doubles the time and the memory that a start takes. With Node's compile cache only the
// function's own code is asked for: everything else comes out of the cache.
import { registerHooks } from 'node:module'
import { receiveMessageOnPort, workerData } from 'node:worker_threads'

const { main, sourcePort, sourceFlag, sourcePrefix } = workerData
const flag = new Int32Array(sourceFlag)
const formats = new Map([
  ['module-typescript', 'module'],
  ['commonjs-typescript', 'commonjs'],
])

registerHooks({
  load(url, context, nextLoad) {
    const format = formats.get(context.format)
    if (format === undefined || !url.startsWith(sourcePrefix)) return nextLoad(url, context)
    Atomics.store(flag, 0, 0)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A port, not a window.
    sourcePort.postMessage(url)
    Atomics.wait(flag, 0, 0, 10_000)
    const source = receiveMessageOnPort(sourcePort)?.message
    // Without an answer Node reads and strips the file itself, and reports its errors in its own words.
    return typeof source === 'string' ? { format, source, shortCircuit: true } : nextLoad(url, context)
  },
})

await import(main)
