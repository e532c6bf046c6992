import type { DeadLetter } from '@millrace/stream'

/** The columns of a dead letter, in the order `id, stream, function, details, data`. */
export function rowOfLetter(letter: DeadLetter): [string, string, string, string, Uint8Array] {
  const { data, ...details } = letter
  return [letter.id, letter.stream, letter.functionName, JSON.stringify(details), data]
}

export function letterOfRow(row: Record<string, unknown>): DeadLetter {
  const details = JSON.parse(String(row['details'])) as Omit<DeadLetter, 'data' | 'producerSequence'> & { producerSequence?: number }
  return { ...details, producerSequence: details.producerSequence, data: row['data'] as Uint8Array }
}
