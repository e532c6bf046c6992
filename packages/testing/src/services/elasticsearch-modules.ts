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

/** Compiles a plugin against the jars of a folder and makes a module of it that Elasticsearch loads. */
export async function buildModule(
  java: Jdk,
  sources: readonly string[],
  library: string,
  directory: string,
  version: string,
): Promise<void> {
  const classes = await mkdtemp(join(tmpdir(), 'millrace-classes-'))
  try {
    await compileJava(java, sources, library, classes)
    await mkdir(directory, { recursive: true })
    await tool(java, 'jar', ['cf', join(directory, 'plugin.jar'), '-C', classes, '.'])
    await describeModule(directory, version, 'millrace.RestPlugin')
  } finally {
    await rm(classes, { recursive: true })
  }
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

/** Compiles sources against the jars of a folder. */
export async function compileJava(java: Jdk, sources: readonly string[], library: string, classes: string): Promise<void> {
  await tool(java, 'javac', ['-nowarn', '-proc:none', '-cp', join(library, '*'), '-d', classes, ...sources])
}

async function tool(java: Jdk, name: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram(join(java.home, 'bin', name), args)
  if (code !== 0) throw new ServiceError(`cannot be built, ${name} failed: ${output.slice(0, 2000)}`)
}
