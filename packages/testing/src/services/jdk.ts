import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findOnPath, isExecutable } from './program.ts'
import { ServiceError } from './service-error.ts'

/** A Java installation. */
export interface Jdk {
  readonly home: string
  /** The feature release: 17, 21, 25. */
  readonly release: number
  /** Whether it can compile (a JDK rather than a JRE). */
  readonly compiles: boolean
}

/** What a service asks of its Java. */
export interface JdkNeed {
  readonly atLeast: number
  readonly compiles?: boolean
}

/** The feature release that the `release` file of a Java home states, or undefined. */
export function parseRelease(text: string): number | undefined {
  const version = /^JAVA_VERSION="(?:1\.)?(\d+)/m.exec(text)?.[1]
  return version === undefined ? undefined : Number(version)
}

/** The oldest that is new enough: the one that the service was most likely tried with. */
export function chooseJdk(jdks: readonly Jdk[], need: JdkNeed): Jdk | undefined {
  return jdks
    .filter((jdk) => jdk.release >= need.atLeast)
    .filter((jdk) => jdk.compiles || need.compiles !== true)
    .toSorted((a, b) => a.release - b.release)[0]
}

/** A Java of this machine that meets the need. @throws ServiceError that names what was found instead. */
export function findJdk(need: JdkNeed): Jdk {
  const jdks = installedJdks()
  const jdk = chooseJdk(jdks, need)
  if (jdk !== undefined) return jdk
  const found = jdks.length === 0 ? 'no Java at all' : jdks.map(({ release, home }) => `${release} (${home})`).join(', ')
  throw new ServiceError(
    `needs a ${need.compiles === true ? 'JDK (with javac)' : 'Java runtime'} ${need.atLeast} or newer; found ${found}. Install one, or set JAVA_HOME to it.`,
  )
}

function installedJdks(): Jdk[] {
  const homes = new Set<string>()
  for (const candidate of candidates()) {
    try {
      homes.add(realpathSync(candidate))
    } catch {
      // A variable or link that leads nowhere is no Java.
    }
  }
  return [...homes].flatMap((home) => inspect(home) ?? [])
}

function candidates(): string[] {
  const homes = ['ES_JAVA_HOME', 'JAVA_HOME'].flatMap((name) => process.env[name] ?? [])
  const java = findOnPath('java')
  if (java !== undefined) homes.push(dirname(dirname(realpathSync(java))))
  for (const [folder, inside] of [
    ['/usr/lib/jvm', ''],
    ['/opt/java', ''],
    ['/Library/Java/JavaVirtualMachines', 'Contents/Home'],
  ] as const) {
    try {
      homes.push(...readdirSync(folder).map((name) => join(folder, name, inside)))
    } catch {
      // This system keeps no Java there.
    }
  }
  return homes
}

function inspect(home: string): Jdk | undefined {
  if (!isExecutable(join(home, 'bin/java'))) return undefined
  try {
    const release = parseRelease(readFileSync(join(home, 'release'), 'utf8'))
    return release === undefined ? undefined : { home, release, compiles: isExecutable(join(home, 'bin/javac')) }
  } catch {
    return undefined
  }
}
