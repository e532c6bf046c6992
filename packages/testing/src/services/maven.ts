import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exclusively } from './exclusively.ts'
import { findJdk } from './jdk.ts'
import { findOnPath, runProgram } from './program.ts'
import { ServiceError } from './service-error.ts'

/** An artifact of Maven Central. */
export interface Artifact {
  readonly group: string
  readonly name: string
  readonly version: string
  /** `jar` unless something else is said. */
  readonly type?: string
  /** Dependencies to leave out, as `group:name`. */
  readonly without?: readonly string[]
}

/** What to do with the artifacts: all jars into one folder, or the contents of the artifacts themselves. */
export type MavenGoal = 'copy-dependencies' | 'unpack-dependencies'

const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'
const progressIntervalMs = 5000

/** The project description that makes Maven resolve those artifacts. */
export function pom(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map(({ group, name, version, type, without = [] }) => {
    const exclusions = without.map((id) => {
      const [exclusionGroup, exclusionName] = id.split(':')
      return `<exclusion><groupId>${exclusionGroup}</groupId><artifactId>${exclusionName}</artifactId></exclusion>`
    })
    const excluded = exclusions.length === 0 ? '' : `<exclusions>${exclusions.join('')}</exclusions>`
    const typed = type === undefined ? '' : `<type>${type}</type>`
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>${typed}${excluded}</dependency>`
  })
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '<modelVersion>4.0.0</modelVersion>',
    '<groupId>millrace</groupId><artifactId>services</artifactId><version>1</version><packaging>pom</packaging>',
    `<dependencies>${dependencies.join('\n')}</dependencies>`,
    '</project>',
    '',
  ].join('\n')
}

/**
 * Downloads artifacts into `directory`. One download at a time on this machine's checkout, since Maven's own cache is not made for several.
 * @throws ServiceError when Maven is not there or fails, with its own words.
 */
export async function fetchArtifacts(
  artifacts: readonly Artifact[],
  goal: MavenGoal,
  directory: string,
  progress: (line: string) => void,
): Promise<void> {
  const maven = findOnPath('mvn')
  if (maven === undefined) {
    throw new ServiceError(
      'needs Maven to download from Maven Central, and there is no mvn on the PATH. Install Maven (or start a Docker engine).',
    )
  }
  const java = findJdk({ atLeast: 8 })
  await mkdir(directory, { recursive: true })
  const project = join(directory, '..', 'pom.xml')
  await writeFile(project, pom(artifacts))
  const args = ['-B', '-f', project, `${plugin}:${goal}`, '-DincludeScope=runtime', `-DoutputDirectory=${directory}`]
  if (goal === 'unpack-dependencies') args.push('-DexcludeTransitive=true')
  const { code, output } = await exclusively('maven', () =>
    runProgram(maven, args, { env: { ...process.env, JAVA_HOME: java.home }, line: downloadProgress(progress) }),
  )
  if (code === 0) return
  const errors = output.split('\n').filter((line) => line.startsWith('[ERROR]'))
  throw new ServiceError(
    `Maven could not fetch ${artifacts.map(({ name }) => name).join(', ')}: ${errors.slice(0, 3).join(' ') || output.slice(-500)}`,
  )
}

/** Sums up Maven's lines about downloads, now and then. */
function downloadProgress(progress: (line: string) => void): (line: string) => void {
  let files = 0
  let told = Date.now()
  return (line) => {
    if (!line.includes('Downloaded from')) return
    files += 1
    if (Date.now() - told < progressIntervalMs) return
    told = Date.now()
    progress(`${files} files downloaded …`)
  }
}
