import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Jdk } from './jdk.ts'
import { runProgram } from './program.ts'
import { ServiceError } from './service-error.ts'

/** The Java source of that path below `java/`. */
export function javaSource(path: string): string {
  return join(import.meta.dirname, 'java', path)
}

/** The version with a sum of our own sources: what is built of other sources has another key. */
export function sourcesKey(version: string, sources: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of sources) hash.update(readFileSync(path))
  return `${version}-${hash.digest('hex').slice(0, 8)}`
}

/** Compiles sources against the jars of a folder, into a jar. */
export async function buildJar(java: Jdk, sources: readonly string[], library: string, jar: string): Promise<void> {
  const classes = await mkdtemp(join(tmpdir(), 'millrace-classes-'))
  try {
    await tool(java, 'javac', ['-nowarn', '-proc:none', '-cp', join(library, '*'), '-d', classes, ...sources])
    await tool(java, 'jar', ['cf', jar, '-C', classes, '.'])
  } finally {
    await rm(classes, { recursive: true })
  }
}

/** Makes a module that Elasticsearch loads of a plugin's sources. */
export async function buildModule(
  java: Jdk,
  sources: readonly string[],
  library: string,
  directory: string,
  version: string,
): Promise<void> {
  await mkdir(directory, { recursive: true })
  await buildJar(java, sources, library, join(directory, 'plugin.jar'))
  await describeModule(directory, version, 'millrace.RestPlugin')
}

/** Describes the module in `directory` to Elasticsearch. */
export async function describeModule(directory: string, version: string, pluginClass: string): Promise<void> {
  const name = basename(directory)
  const properties = {
    name,
    description: name,
    version,
    classname: pluginClass,
    'elasticsearch.version': version,
    'java.version': '17',
  }
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`)
  await writeFile(join(directory, 'plugin-descriptor.properties'), lines.join(''))
}

async function tool(java: Jdk, name: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram(join(java.home, 'bin', name), args)
  if (code !== 0) throw new ServiceError(`cannot be built, ${name} failed: ${output.slice(0, 2000)}`)
}
