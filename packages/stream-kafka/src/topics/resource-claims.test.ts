import { expect, it } from 'vitest'
import { type PlacedClaim, ResourceClaims } from './resource-claims.ts'

const claim = (key: string, generation: number, position: number, value: string | undefined = key): PlacedClaim => ({
  kind: 'k',
  id: 'a',
  key,
  generation,
  position,
  value,
  timestamp: position,
})

function claimsOf(...placed: PlacedClaim[]): ResourceClaims {
  const claims = new ResourceClaims()
  for (const each of placed) claims.add(each)
  return claims
}

it('holds to the first claim of the highest generation', () => {
  const claims = claimsOf(claim('first', 1, 0), claim('late', 1, 1))
  expect(claims.inForce('k', 'a')?.key).toBe('first')
  claims.add(claim('second', 2, 2))
  claims.add(claim('stalled', 1, 3))
  claims.add(claim('too late', 2, 4))
  expect(claims.inForce('k', 'a')?.key).toBe('second')
  expect(claims.inForce('k', 'b')).toBeUndefined()
})

it('says the same where superseded claims are gone, and a late one is not', () => {
  expect(claimsOf(claim('late', 1, 1), claim('second', 2, 2)).inForce('k', 'a')?.key).toBe('second')
})

it('forgets a claim that is withdrawn', () => {
  const claims = claimsOf(claim('first', 1, 0), claim('late', 1, 1))
  expect(claims.withdraw('late')).toMatchObject({ id: 'a' })
  expect(claims.withdraw('late')).toBeUndefined()
  claims.withdraw('first')
  expect(claims.of('k', 'a')).toEqual([])
})

it('finds what was deleted long ago, with the claims that came too late', () => {
  const gone: PlacedClaim = { ...claim('gone', 2, 5), value: undefined }
  const claims = claimsOf(gone, claim('late', 1, 6))
  expect(claims.deletedBefore(5)).toEqual([])
  expect(claims.deletedBefore(6).map(({ key }) => key)).toEqual(['gone', 'late'])
  claims.add(claim('again', 3, 7))
  expect(claims.deletedBefore(100)).toEqual([])
})
