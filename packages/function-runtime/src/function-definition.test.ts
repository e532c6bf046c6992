import { expect, it } from 'vitest'
import { type LambdaFunctionDefinition, resolveFunction } from './function-definition.ts'
import { createFunctionRuntime } from './function-runtime.ts'

const minimal: LambdaFunctionDefinition = { kind: 'lambda', name: 'f', directory: '/d', handler: 'index.handler' }

it("has Lambda's defaults", () => {
  expect(resolveFunction(minimal)).toMatchObject({
    timeoutSeconds: 3,
    memorySizeMb: 128,
    concurrencyPerEnvironment: 1,
    idleTimeoutMs: 60_000,
    provisionedConcurrency: 0,
  })
})

it.each([
  [{ name: 'no spaces' }, '"no spaces"'],
  [{ timeoutSeconds: 901 }, 'timeoutSeconds of the function "f" is 901; it has to be a whole number from 1 to 900.'],
  [{ memorySizeMb: 64 }, 'memorySizeMb'],
  [{ concurrencyPerEnvironment: 1.5 }, 'concurrencyPerEnvironment'],
  [{ reservedConcurrency: -1 }, 'reservedConcurrency'],
])('refuses %j', (settings, message) => {
  expect(() => resolveFunction({ ...minimal, ...settings })).toThrow(message)
})

it('refuses functions that do not go together', () => {
  expect(() => createFunctionRuntime({ functions: [minimal, minimal] })).toThrow('Two functions are called "f"')
  expect(() => createFunctionRuntime({ functions: [{ ...minimal, reservedConcurrency: 11 }], accountConcurrencyMax: 10 })).toThrow(
    'reserve a concurrency of 11 together, and there is 10',
  )
})
