/**
 * The lane of a partition key: the same one for as long as the number of lanes is. FNV-1a over the key's UTF-16 units, since it only has to
 * spread, and to be cheap; it is unrelated to the MD5 that chose the shard.
 */
export function laneOfKey(key: string, lanes: number): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  // The low bits of FNV mix the least, and the remainder is made of them.
  return ((hash ^ (hash >>> 15)) >>> 0) % lanes
}
