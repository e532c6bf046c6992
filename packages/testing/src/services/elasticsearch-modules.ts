import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Jdk } from './jdk.ts'
import { runProgram } from './program.ts'
import { ServiceError } from './service-error.ts'

/** Compiles sources against the jars of a folder; into a jar where `output` ends so, else into a folder. */
export async function compileJava(java: Jdk, sources: readonly string[], library: string, output: string): Promise<void> {
  if (!output.endsWith('.jar')) return compile(java, sources, library, output)
  const classes = await mkdtemp(join(tmpdir(), 'millrace-classes-'))
  try {
    await compile(java, sources, library, classes)
    await mkdir(dirname(output), { recursive: true })
    await tool(java, 'jar', ['cf', output, '-C', classes, '.'])
  } finally {
    await rm(classes, { recursive: true })
  }
}

/** Describes the module in `directory` to Elasticsearch. */
export async function writeModule(directory: string, version: string, pluginClass: string): Promise<void> {
  const name = basename(directory)
  const lines = {
    name,
    description: name,
    version,
    classname: pluginClass,
    'elasticsearch.version': version,
    'java.version': '17',
  }
  const text = Object.entries(lines).map(([key, value]) => `${key}=${value}\n`)
  await writeFile(join(directory, 'plugin-descriptor.properties'), text.join(''))
}

function compile(java: Jdk, sources: readonly string[], library: string, classes: string): Promise<void> {
  return tool(java, 'javac', ['-nowarn', '-proc:none', '-cp', join(library, '*'), '-d', classes, ...sources])
}

async function tool(java: Jdk, name: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram(join(java.home, 'bin', name), args)
  if (code !== 0) throw new ServiceError(`${name} failed: ${output.slice(0, 2000)}`)
}
