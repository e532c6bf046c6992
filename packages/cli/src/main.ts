import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { applyMemorySettings } from './memory-settings.ts'

if (process.argv[2] === 'up') applyMemorySettings()
// Compiled code is kept between runs. Worker threads take it from the environment: without it each of them loads a compiler to strip types.
enableCompileCache()
process.env.NODE_COMPILE_CACHE ??= getCompileCacheDir()
const { run } = await import('./run.ts')
await run(process.argv.slice(2))
