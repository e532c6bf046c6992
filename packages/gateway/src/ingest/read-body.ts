import type { Readable } from 'node:stream'
import { clientGoneStatus, HttpError } from '../http/http-error.ts'
import type { GatewayClock } from '../gateway-services.ts'
import { createDecoder } from './content-coding.ts'
import type { ContentCoding } from './content-coding.ts'

/** Bounds of one body. */
export interface BodyLimits {
  /** As sent. */
  readonly bodyBytesMax: number
  /** After decompression. */
  readonly decompressedBytesMax: number
  /** Longest time without a byte. */
  readonly bodyIdleTimeoutMs: number
}

/**
 * Reads a body to its end and gives its decompressed chunks to `onChunk`, in order. Resolves only when all of the body has arrived and was sound.
 * Rejects with an `HttpError` (400 broken compression, 408 standstill, 413 over a limit, 499 the client went away) or with what `onChunk` throws. The body is
 * then left as it is, not destroyed, so that the answer can still be sent.
 */
export function readBody(
  body: Readable,
  coding: ContentCoding,
  limits: BodyLimits,
  clock: GatewayClock,
  onChunk: (chunk: Buffer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const decoder = coding === 'identity' ? undefined : createDecoder(coding)
    let received = 0
    let decompressed = 0
    let ended = false
    let settled = false

    const finish = (error?: unknown): void => {
      if (settled) return
      settled = true
      cancelIdle()
      body.off('data', onData).off('end', onEnd).off('close', onClose)
      if (decoder !== undefined) {
        body.unpipe(decoder)
        decoder.destroy()
      }
      if (error === undefined) resolve()
      else reject(error)
    }
    const deliver = (chunk: Buffer): void => {
      if (settled) return
      decompressed += chunk.byteLength
      if (decompressed > limits.decompressedBytesMax) return finish(inflatesTooFar(limits))
      try {
        onChunk(chunk)
      } catch (error) {
        finish(error)
      }
    }
    const onData = (chunk: Buffer): void => {
      received += chunk.byteLength
      if (received > limits.bodyBytesMax) finish(tooLarge(limits))
      else if (decoder === undefined) deliver(chunk)
    }
    const onEnd = (): void => {
      ended = true
      // Nothing at all is an empty body, whatever its coding.
      if (decoder === undefined || received === 0) finish()
    }
    const onClose = (): void => {
      if (!ended) finish(clientGone())
    }
    // The listener stays: an error that comes late, when the answer is under way already, is nobody's business.
    body.on('error', () => finish(clientGone()))
    if (body.destroyed) return reject(clientGone())
    const cancelIdle = watchIdle(clock, limits.bodyIdleTimeoutMs, () => (ended ? -1 : received), finish)

    if (decoder !== undefined) {
      decoder.on('error', (error) => finish(brokenEncoding(coding, error)))
      decoder.on('data', deliver).on('end', () => finish())
      body.pipe(decoder)
    }
    body.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}

/** Throws 413 if the body says in its head already that it is too large. */
export function checkContentLength(contentLength: number | undefined, limits: BodyLimits): void {
  if (contentLength !== undefined && contentLength > limits.bodyBytesMax) throw tooLarge(limits)
}

/** Calls `expire` once nothing arrived for the whole time. One timer, set anew only when it fires; progress of -1 means that all is here. */
function watchIdle(clock: GatewayClock, timeoutMs: number, progress: () => number, expire: (error: HttpError) => void): () => void {
  let cancel = (): void => undefined
  const arm = (seen: number): void => {
    cancel = clock.schedule(timeoutMs, () => {
      const now = progress()
      if (now === seen && now !== -1) expire(standstill(timeoutMs))
      else if (now !== -1) arm(now)
    })
  }
  arm(progress())
  return () => cancel()
}

function clientGone(): HttpError {
  return new HttpError(clientGoneStatus, 'client-gone', 'The connection ended before the body did; nothing of it was accepted.', {
    retryable: true,
  })
}

function standstill(timeoutMs: number): HttpError {
  return new HttpError(408, 'body-timeout', `Nothing of the body arrived for ${timeoutMs} ms; nothing of it was accepted.`, {
    retryable: true,
  })
}

function tooLarge(limits: BodyLimits): HttpError {
  return new HttpError(
    413,
    'body-too-large',
    `The body is over the limit of ${limits.bodyBytesMax} bytes (bodyBytesMax); send it in parts.`,
  )
}

function inflatesTooFar(limits: BodyLimits): HttpError {
  return new HttpError(
    413,
    'body-too-large',
    `The body decompresses to more than ${limits.decompressedBytesMax} bytes (decompressedBytesMax); send it in parts.`,
  )
}

function brokenEncoding(coding: ContentCoding, cause: Error): HttpError {
  return new HttpError(400, 'bad-encoding', `The body is not sound ${coding}: ${cause.message}.`, { cause })
}
