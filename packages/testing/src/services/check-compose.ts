import { dockerFile } from './places.ts'
import { findOnPath, runProgram } from './program.ts'

const files = ['compose.yaml', 'compose.services.yaml']

/** Has Compose read the files, which needs no engine. Answers what is wrong with them. */
async function check(): Promise<string[]> {
  const problems: string[] = []
  for (const file of files) {
    const { code, output } = await runProgram('docker', ['compose', '-f', dockerFile(file), 'config', '--quiet'])
    if (code !== 0) problems.push(`docker/${file}: ${output}`)
  }
  return problems
}

const compose = findOnPath('docker') === undefined ? undefined : await runProgram('docker', ['compose', 'version'])
if (compose?.code === 0) {
  const problems = await check()
  process.stdout.write(problems.length === 0 ? `${files.length} compose files are valid\n` : `${problems.join('\n')}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
} else {
  process.stdout.write('skipped: the compose files are checked where Docker Compose is installed\n')
}
