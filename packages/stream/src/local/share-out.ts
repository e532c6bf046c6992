/**
 * Shares shards out among members: as evenly as numbers allow, and moving as few as can be. Members that come earlier get the odd shard more.
 *
 * @param shards what there is to share out
 * @param held who holds what at present; shards that are not in `shards` any more are ignored
 */
export function shareOut<Shard, Member>(
  shards: readonly Shard[],
  held: ReadonlyMap<Shard, Member>,
  members: readonly Member[],
): Map<Shard, Member> {
  const result = new Map<Shard, Member>()
  if (members.length === 0) return result
  const least = Math.floor(shards.length / members.length)
  const kept = new Map<Member, Shard[]>(members.map((member) => [member, []]))
  for (const shard of shards) kept.get(held.get(shard) as Member)?.push(shard)

  // Who holds most keeps the odd shard more, so that as little as possible moves.
  let odd = shards.length - least * members.length
  const shares = new Map<Member, number>()
  for (const member of members.toSorted((one, other) => size(kept, other) - size(kept, one))) {
    shares.set(member, odd > 0 ? least + 1 : least)
    odd -= 1
  }
  for (const [member, own] of kept) for (const shard of own.slice(0, shares.get(member))) result.set(shard, member)
  const free = shards.filter((shard) => !result.has(shard))
  for (const [member, own] of kept) {
    const missing = (shares.get(member) ?? 0) - own.length
    for (const shard of free.splice(0, Math.max(0, missing))) result.set(shard, member)
  }
  return result
}

function size<Member, Shard>(kept: ReadonlyMap<Member, readonly Shard[]>, member: Member): number {
  return kept.get(member)?.length ?? 0
}
