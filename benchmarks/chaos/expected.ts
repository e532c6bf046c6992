/** What a run sends: `sources` producers, each with its own partition key and its records numbered from 0. */
export interface Expected {
  readonly sources: number
  readonly records: number
}

/** Records of a source: what does not divide goes to the first ones. */
export function recordsOf({ sources, records }: Expected, source: number): number {
  return Math.floor(records / sources) + (source < records % sources ? 1 : 0)
}

/** A line with its identity in it: found again in the stream and in the index. */
export function line(source: number, sequence: number): string {
  return `{"level":"info","time":${Date.now()},"msg":"chaos ${source} ${sequence} ${'x'.repeat(sequence % 120)}","labels":{"source":"${source}","sequence":"${sequence}"}}\n`
}

const identity = /"labels":\{"source":"(\d+)","sequence":"(\d+)"\}/

/** The identity in a line. */
export function identityOf(text: string): { readonly source: number; readonly sequence: number } | undefined {
  const match = identity.exec(text)
  return match === null ? undefined : { source: Number(match[1]), sequence: Number(match[2]) }
}
