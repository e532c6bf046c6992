import { open, readdir, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { PipeBatch } from './pipe-batch.ts'
import {
  checkSegmentHeader,
  decodeFrameHeader,
  encodeFrameHeader,
  encodeSegmentHeader,
  frameHeaderBytes,
  isSound,
  parseSegmentName,
  segmentHeaderBytes,
  segmentName,
} from './spool-segment.ts'

export interface SpoolOptions {
  /** Bound of all segments together. */
  readonly spoolBytesMax: number
  /** A segment that has grown to this is closed, and removed when it was sent. */
  readonly segmentBytesMax: number
  /** Tells of what was found damaged. */
  readonly notice: (text: string) => void
}

interface Segment {
  readonly number: number
  /** Frames before it were sent. */
  offset: number
  /** End of the last whole frame. */
  end: number
  records: number
}

/** Batches on disk, first in, first out. Survives the death of the process: a batch is on its way out of memory when `append` resolves. */
export class Spool {
  readonly path: string
  readonly #options: SpoolOptions
  readonly #segments: Segment[] = []
  #writer: FileHandle | undefined
  #reader: { readonly segment: Segment; readonly handle: FileHandle } | undefined
  #taken: { readonly bytes: number; readonly count: number } | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #records = 0
  #bytes = 0
  #damagedBytes = 0

  private constructor(path: string, options: SpoolOptions) {
    this.path = path
    this.#options = options
  }

  /** Opens a directory that is this process's. Throws `NewerVersionError` for segments of a newer Millrace. */
  static async open(path: string, options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(path, options)
    for (const name of (await readdir(path)).toSorted()) {
      const parsed = parseSegmentName(name)
      if (parsed !== undefined) await spool.#load(parsed.number, parsed.offset)
    }
    return spool
  }

  /** Records that wait. */
  get records(): number {
    return this.#records
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#bytes
  }

  /** Bytes that a crash or the disk destroyed: what they held cannot be sent. */
  get damagedBytes(): number {
    return this.#damagedBytes
  }

  /** Writes a batch behind the others. False if the spool or the disk is full: then nothing is written. */
  append(batch: PipeBatch): Promise<boolean> {
    return this.#inTurn(async () => {
      const bytes = frameHeaderBytes + batch.body.byteLength
      if (this.#bytes + bytes > this.#options.spoolBytesMax && this.#records > 0) return false
      const segment = await this.#segmentToWrite()
      if (segment === undefined || this.#writer === undefined) return false
      if (!(await writeAll(this.#writer, [encodeFrameHeader(batch.body, batch.count), batch.body], segment.end))) {
        await this.#writer.truncate(segment.end)
        return false
      }
      segment.end += bytes
      segment.records += batch.count
      this.#bytes += bytes
      this.#records += batch.count
      return true
    })
  }

  /** The oldest batch; undefined for an empty spool. It stays until `shift`. */
  first(): Promise<PipeBatch | undefined> {
    return this.#inTurn(async () => {
      for (let segment = this.#segments[0]; segment !== undefined; segment = this.#segments[0]) {
        const batch = segment.offset < segment.end ? await this.#read(segment) : undefined
        if (batch !== undefined) return batch
        if (segment === this.#segments.at(-1) && this.#writer !== undefined) return undefined
        await this.#remove(segment)
      }
      return undefined
    })
  }

  /** Removes the batch that `first` answered. */
  shift(): Promise<void> {
    return this.#inTurn(async () => {
      const taken = this.#taken
      const segment = this.#segments[0]
      if (taken === undefined || segment === undefined) return
      this.#taken = undefined
      const offset = segment.offset + taken.bytes
      this.#records -= taken.count
      segment.records -= taken.count
      if (offset === segment.end) {
        await this.#remove(segment)
        return
      }
      await rename(this.#fileOf(segment), join(this.path, segmentName(segment.number, offset)))
      segment.offset = offset
    })
  }

  /** Closes the files; removes the directory if nothing is left in it. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#writer?.close()
      await this.#reader?.handle.close()
      this.#writer = undefined
      this.#reader = undefined
      if (this.#records > 0) return
      await rm(this.path, { recursive: true, force: true })
    })
  }

  async #load(number: number, offset: number): Promise<void> {
    const file = join(this.path, segmentName(number, offset))
    await using handle = await open(file, 'r')
    const { size } = await handle.stat()
    const header = Buffer.alloc(frameHeaderBytes)
    await handle.read(header, 0, segmentHeaderBytes, 0)
    const segment: Segment = { number, offset: Math.max(offset, segmentHeaderBytes), end: segmentHeaderBytes, records: 0 }
    if (checkSegmentHeader(header, file)) {
      for (let at = segment.offset; at + frameHeaderBytes <= size; at = segment.end) {
        await handle.read(header, 0, frameHeaderBytes, at)
        const { payloadBytes, count } = decodeFrameHeader(header)
        if (at + frameHeaderBytes + payloadBytes > size) break
        segment.end = at + frameHeaderBytes + payloadBytes
        segment.records += count
      }
    }
    segment.end = Math.max(segment.end, segment.offset)
    if (segment.end < size) this.#damaged(file, size - segment.end)
    this.#segments.push(segment)
    this.#records += segment.records
    this.#bytes += segment.end
  }

  /** Undefined if the disk is full. */
  async #segmentToWrite(): Promise<Segment | undefined> {
    const last = this.#segments.at(-1)
    if (this.#writer !== undefined && last !== undefined && last.end < this.#options.segmentBytesMax) return last
    await this.#writer?.datasync()
    await this.#writer?.close()
    this.#writer = undefined
    const segment: Segment = { number: (last?.number ?? 0) + 1, offset: segmentHeaderBytes, end: segmentHeaderBytes, records: 0 }
    const writer = await open(this.#fileOf(segment), 'w')
    if (!(await writeAll(writer, [encodeSegmentHeader()], 0))) {
      await writer.close()
      return undefined
    }
    this.#writer = writer
    this.#segments.push(segment)
    this.#bytes += segmentHeaderBytes
    return segment
  }

  async #read(segment: Segment): Promise<PipeBatch | undefined> {
    if (this.#reader?.segment !== segment) {
      await this.#reader?.handle.close()
      this.#reader = { segment, handle: await open(this.#fileOf(segment), 'r') }
    }
    const { handle } = this.#reader
    const header = Buffer.alloc(frameHeaderBytes)
    await handle.read(header, 0, frameHeaderBytes, segment.offset)
    const { payloadBytes, count } = decodeFrameHeader(header)
    if (segment.offset + frameHeaderBytes + payloadBytes <= segment.end) {
      const payload = Buffer.allocUnsafeSlow(payloadBytes)
      await handle.read(payload, 0, payloadBytes, segment.offset + frameHeaderBytes)
      if (isSound(header, payload)) {
        this.#taken = { bytes: frameHeaderBytes + payloadBytes, count }
        return PipeBatch.ofBody(payload, count)
      }
    }
    this.#damaged(this.#fileOf(segment), segment.end - segment.offset)
    this.#records -= segment.records
    segment.records = 0
    this.#bytes -= segment.end - segment.offset
    segment.end = segment.offset
    return undefined
  }

  async #remove(segment: Segment): Promise<void> {
    if (segment === this.#segments.at(-1)) {
      await this.#writer?.close()
      this.#writer = undefined
    }
    if (segment === this.#reader?.segment) {
      await this.#reader.handle.close()
      this.#reader = undefined
    }
    this.#segments.splice(this.#segments.indexOf(segment), 1)
    this.#bytes -= segment.end
    await rm(this.#fileOf(segment), { force: true })
  }

  #damaged(file: string, bytes: number): void {
    this.#damagedBytes += bytes
    this.#options.notice(`${bytes} bytes at the end of ${file} are damaged or incomplete, and cannot be sent`)
  }

  #fileOf(segment: Segment): string {
    return join(this.path, segmentName(segment.number, segment.offset))
  }

  /** One after the other: an append and a shift would meet in the same segment. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => {})
    return result
  }
}

const noSpace: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/** False if the disk is full. A disk that fills up may take a part of a write, and only refuse the next. */
async function writeAll(file: FileHandle, parts: readonly Uint8Array[], position: number): Promise<boolean> {
  const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0)
  try {
    return (await file.writev(parts, position)).bytesWritten === bytes
  } catch (error) {
    if (noSpace.has((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}
