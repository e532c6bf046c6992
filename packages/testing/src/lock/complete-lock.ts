/**
 * `npm run lock`: npm leaves optional packages out of the lock file that the registry at hand does not have (those of other platforms, on a mirror),
 * and `npm ci` then refuses that file everywhere. Their names and versions stand in the packages that ask for them; this adds them.
 */
import { readFile, writeFile } from 'node:fs/promises'

interface LockEntry {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}

const systems: Readonly<Record<string, string>> = { macos: 'darwin', windows: 'win32', win: 'win32' }
const systemNames = [
  'android',
  'darwin',
  'freebsd',
  'openbsd',
  'netbsd',
  'linux',
  'win32',
  'openharmony',
  'aix',
  'sunos',
  ...Object.keys(systems),
]
const processors = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32']

const file = 'package-lock.json'
const lock = JSON.parse(await readFile(file, 'utf8')) as { packages: Record<string, LockEntry> }
let added = 0
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (`${path}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages) continue
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ''),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...platformOf(name),
    }
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1)))
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} optional packages added to ${file}`)

/** Platform packages carry their platform in their name. */
function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> {
  const parts = name.split(/[/-]/)
  const system = systemNames.find((each) => parts.includes(each))
  const processor = processors.find((each) => parts.includes(each))
  const libc = parts.some((part) => part.startsWith('musl')) ? 'musl' : parts.some((part) => part.startsWith('gnu')) ? 'glibc' : undefined
  return {
    ...(system === undefined ? {} : { os: [systems[system] ?? system] }),
    ...(processor === undefined ? {} : { cpu: [processor] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
  }
}
