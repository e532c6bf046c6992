import { describe, test } from 'vitest'
import type { Missing, TestService } from './service.ts'

/**
 * A vitest suite over a real service. It is asked for when the suite is collected, and its address handed to `fn`. Where it is not
 * to be had, the suite is skipped and one line says why; with `CI` set, it fails instead: nothing may pass there by not being run.
 */
export function describeWithService<Address extends object>(
  service: TestService<Address>,
  name: string,
  fn: (address: Address) => void | Promise<void>,
): void {
  describe(name, async () => {
    const address = await service.available()
    if (isMissing(address)) missingSuite(service.name, name, address.missing)
    else await fn(address)
  })
}

/** The same for suites that start instances of their own: only whether that can be done is asked, and nothing is started. */
export function describeWithPrivate<Address extends object>(
  service: TestService<Address>,
  name: string,
  fn: (service: TestService<Address>) => void | Promise<void>,
): void {
  describe(name, async () => {
    const missing = await service.startable()
    if (missing !== undefined) missingSuite(service.name, name, missing.missing)
    else await fn(service)
  })
}

/** What stands in a suite's place: see `describeWithService`. */
export function insteadOf(
  service: string,
  missing: string,
  environment: NodeJS.ProcessEnv,
): { readonly fails: boolean; readonly line: string } {
  const fails = !['', 'false', '0', undefined].includes(environment['CI'])
  return { fails, line: fails ? `${missing} (CI is set, so ${service} must be there)` : missing }
}

function missingSuite(service: string, name: string, missing: string): void {
  const { fails, line } = insteadOf(service, missing, process.env)
  if (fails) {
    test(`${service} is there`, () => {
      throw new Error(line)
    })
    return
  }
  process.stderr.write(`skipped: ${name}: ${line}\n`)
  test.skip(`${service} is missing: ${line}`, () => {})
}

function isMissing(answer: object): answer is Missing {
  return 'missing' in answer
}
