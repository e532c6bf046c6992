import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const version = '1.44.5'
const script = fileURLToPath(new URL('../fixtures/lambda_client.py', import.meta.url))
/** Beside what else is downloaded for tests; kept from run to run. */
const cache = fileURLToPath(new URL('../../../../.millrace/python', import.meta.url))

/** Runs the checks of `lambda_client.py`: lines of what was not as it should be. `missing` says why they cannot be run; with `CI` set, that is an error. */
export async function runBoto3(url: string): Promise<{ readonly lines: readonly string[] } | { readonly missing: string }> {
  let packages: string
  try {
    packages = await install()
  } catch (error) {
    const missing = `boto3 ${version} cannot be had (python3 with pip is needed): ${(error as Error).message.split('\n')[0]}`
    if (process.env.CI !== undefined) throw new Error(missing, { cause: error })
    return { missing }
  }
  const { stdout } = await run('python3', [script, url], { env: { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' } })
  return { lines: stdout.split('\n').filter(Boolean) }
}

/** The folder with boto3 in it, whole or not at all, also if several tests come at once. */
async function install(): Promise<string> {
  const folder = join(cache, `boto3-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(join(cache, 'draft-'))
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', draft, `boto3==${version}`])
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return folder
}
