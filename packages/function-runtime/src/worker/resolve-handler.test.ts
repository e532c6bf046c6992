import { describe, expect, it } from 'vitest'
import { pickHandler, resolveHandler } from './resolve-handler.ts'

const files =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path)

describe('resolveHandler', () => {
  it.each([
    ['index.handler', ['/app/index.js', '/app/index.ts'], '/app/index.js', ['handler']],
    ['index.handler', ['/app/index.ts'], '/app/index.ts', ['handler']],
    ['dist/api/index.handler', ['/app/dist/api/index.mjs'], '/app/dist/api/index.mjs', ['handler']],
    ['./index.handler', ['/app/index.cjs'], '/app/index.cjs', ['handler']],
    ['index.api.v1.handler', ['/app/index.cts'], '/app/index.cts', ['api', 'v1', 'handler']],
  ])('finds %s', (handler, existing, file, path) => {
    expect(resolveHandler('/app', handler, files(...existing))).toEqual({ file, path })
  })

  it.each([
    ['index', 'Runtime.MalformedHandlerName'],
    ['.handler', 'Runtime.MalformedHandlerName'],
    ['../index.handler', 'Runtime.MalformedHandlerName'],
    ['missing.handler', 'Runtime.ImportModuleError'],
  ])('refuses %s', (handler, name) => {
    expect(() => resolveHandler('/app', handler, files())).toThrow(expect.objectContaining({ name }))
  })
})

describe('pickHandler', () => {
  it('follows names, and says what is missing', () => {
    expect(pickHandler({ a: { b: () => 1 } }, ['a', 'b'], 'i.a.b')()).toBe(1)
    expect(() => pickHandler({ a: {} }, ['a', 'b', 'c'], 'i.a.b.c')).toThrow('i.a.b.c is undefined or not exported')
    expect(() => pickHandler({ a: 1 }, ['a'], 'i.a')).toThrow('i.a is not a function')
  })
})
