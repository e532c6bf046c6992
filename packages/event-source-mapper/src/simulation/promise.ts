/** Throws when a promise of the mapper is broken. */
export function promise(kept: boolean, words: string): asserts kept {
  if (!kept) throw new BrokenPromiseError(words)
}

class BrokenPromiseError extends Error {
  override readonly name = 'BrokenPromiseError'
}
