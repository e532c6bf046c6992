/** Whoever asks while an answer is under way shares it: one scrape asks for many figures at once, and they come from one look. */
export function sharing<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<Answer> | undefined
  return () => {
    underWay ??= ask().finally(() => {
      underWay = undefined
    })
    return underWay
  }
}
