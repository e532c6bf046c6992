import type { Transform } from 'node:stream'
import { constants, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { HttpError } from '../http/http-error.ts'

const names = ['identity', 'gzip', 'zstd', 'deflate'] as const

/** How a body may be compressed. */
export type ContentCoding = (typeof names)[number]

/** Reads a Content-Encoding header. Throws 415 for an unknown coding and for several at once. */
export function contentCodingOf(header: string | undefined): ContentCoding {
  const name = (header ?? 'identity').trim().toLowerCase()
  if (name === '') return 'identity'
  if (name === 'x-gzip') return 'gzip'
  const known = names.find((candidate) => candidate === name)
  if (known !== undefined) return known
  throw new HttpError(
    415,
    'unsupported-encoding',
    `The content-encoding ${JSON.stringify(header)} is not known; send one of ${names.join(', ')}.`,
    { headers: { 'accept-encoding': names.join(', ') } },
  )
}

const chunkSize = 64 * 1024
/** Windows up to 8 MiB, as every decoder has to allow; a frame may ask for more memory than a whole body may have. */
const zstdWindowLogMax = 23

/** A decompressor whose output comes in chunks of at most 64 KiB. */
export function createDecoder(coding: Exclude<ContentCoding, 'identity'>): Transform {
  if (coding === 'gzip') return createGunzip({ chunkSize })
  if (coding === 'deflate') return createInflate({ chunkSize })
  return createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLogMax } })
}
