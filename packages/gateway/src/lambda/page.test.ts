import { expect, it } from 'vitest'
import { pageOf } from './page.ts'

it('goes through a list page by page, also when entries go away in between', () => {
  const first = pageOf(['a', 'b', 'c', 'd', 'e'], String, undefined, 2)
  expect(first.items).toEqual(['a', 'b'])
  const second = pageOf(['a', 'c', 'd', 'e'], String, first.NextMarker, 2)
  expect(second.items).toEqual(['c', 'd'])
  expect(pageOf(['a', 'c', 'd', 'e'], String, second.NextMarker, 2)).toEqual({ items: ['e'] })
  expect(pageOf([], String, undefined, 2)).toEqual({ items: [] })
})

it('refuses a marker of something else', () => {
  expect(() => pageOf(['a'], String, 'nonsense', 2)).toThrow('The Marker "nonsense" is none that a list was answered with.')
})
