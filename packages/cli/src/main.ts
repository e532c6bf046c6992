import { enableCompileCache, getCompileCacheDir } from 'node:module'

// Compiled code is kept between runs. Worker threads take it from the environment: without it each of them loads a compiler to strip types.
enableCompileCache()
process.env.NODE_COMPILE_CACHE ??= getCompileCacheDir()
const { run } = await import('./run.ts')
await run(process.argv.slice(2))
