import { writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { serve } from '../lib/script.ts'

/*
 * Stands where Elasticsearch does, and only counts: takes each `_bulk` apart at its line ends, and answers one item per document, in the form in which Elasticsearch answers with
 * `filter_path`. As cheap as can be, so that what is measured is whoever sends.
 */

export interface CountingOptions {
  /** Bytes of bodies that are kept, the first ones. */
  readonly keptBytesMax: number
  /** Where they are put. */
  readonly keptFile: string
}

/** Bodies in `keptFile`, one behind the other. */
export interface Kept {
  readonly bodyBytes: readonly number[]
  readonly documents: number
}

export interface Counted {
  readonly documents: number
  readonly bulks: number
  readonly bytes: number
  /** Milliseconds since the epoch of the first bulk and of the last one, and documents of the first. */
  readonly firstAt: number
  readonly firstDocuments: number
  readonly lastAt: number
}

export type CountingQuestion = 'counted' | 'kept' | 'reset'

const product = 'x-elastic-product: Elasticsearch\r\n'
const json = 'content-type: application/vnd.elasticsearch+json;compatible-with=9\r\n'
const item = '{"create":{"status":201}}'
const headEnd = Buffer.from('\r\n\r\n')

const nothing: Counted = { documents: 0, bulks: 0, bytes: 0, firstAt: 0, firstDocuments: 0, lastAt: 0 }
let counted = nothing
const kept: Buffer[] = []
let keptBytes = 0
let keptDocuments = 0
let keptBytesMax = 0
/** By the number of documents: most bulks have the same. */
const answers = new Map<number, Buffer>()

function answer(status: string, body: string): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\n${product}${json}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

function bulkAnswer(documents: number): Buffer {
  let made = answers.get(documents)
  if (made === undefined) {
    made = answer('200 OK', `{"errors":false,"items":[${Array.from({ length: documents }, () => item).join(',')}]}`)
    if (answers.size < 1_000) answers.set(documents, made)
  }
  return made
}

function countBulk(parts: readonly Buffer[], bytes: number): number {
  let lines = 0
  for (const part of parts) for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) lines++
  const documents = lines / 2
  const now = Date.now()
  counted = {
    documents: counted.documents + documents,
    bulks: counted.bulks + 1,
    bytes: counted.bytes + bytes,
    firstAt: counted.bulks === 0 ? now : counted.firstAt,
    firstDocuments: counted.bulks === 0 ? documents : counted.firstDocuments,
    lastAt: now,
  }
  if (keptBytes < keptBytesMax) {
    kept.push(Buffer.concat(parts))
    keptBytes += bytes
    keptDocuments += documents
  }
  return documents
}

function respond(method: string, path: string, parts: readonly Buffer[], bytes: number): Buffer {
  if (path.includes('/_bulk')) return bulkAnswer(countBulk(parts, bytes))
  if (path === '/') return answer('200 OK', '{"version":{"number":"9.5.3","build_flavor":"default"},"tagline":"You Know, for Search"}')
  if (method === 'PUT') return answer('200 OK', '{"acknowledged":true}')
  // No data stream has rolled over: there are none.
  if (path.startsWith('/_resolve/index')) return answer('200 OK', '{"indices":[],"aliases":[],"data_streams":[]}')
  return answer('404 Not Found', '{}')
}

/** HTTP as far as a client of Elasticsearch speaks it: requests with a length, one after the other. */
function connect(socket: Socket): void {
  let head: Buffer = Buffer.alloc(0)
  let request: { readonly method: string; readonly path: string; left: number; readonly parts: Buffer[]; bytes: number } | undefined
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk
    for (;;) {
      if (request === undefined) {
        head = head.length === 0 ? rest : Buffer.concat([head, rest])
        const end = head.indexOf(headEnd)
        if (end < 0) return
        const text = head.toString('latin1', 0, end)
        const [method = '', path = ''] = text.split(' ', 2)
        const left = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0)
        request = { method, path, left, parts: [], bytes: left }
        rest = head.subarray(end + 4)
        head = Buffer.alloc(0)
      }
      const part = rest.subarray(0, request.left)
      if (part.length > 0) request.parts.push(part)
      request.left -= part.length
      rest = rest.subarray(part.length)
      if (request.left > 0) return
      socket.write(respond(request.method, request.path, request.parts, request.bytes))
      request = undefined
      if (rest.length === 0) return
    }
  })
}

serve<CountingOptions, CountingQuestion>(async (options) => {
  keptBytesMax = options.keptBytesMax
  const server = createServer(connect)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address() as { readonly port: number }
  return {
    ready: { url: `http://127.0.0.1:${address.port}` },
    answer: async (question) => {
      if (question === 'kept') {
        await writeFile(options.keptFile, kept)
        return { bodyBytes: kept.map((body) => body.length), documents: keptDocuments } satisfies Kept
      }
      if (question === 'reset') {
        counted = nothing
        // Those of one run are enough: later ones are not to be disturbed.
        keptBytesMax = 0
      }
      return counted
    },
  }
})
