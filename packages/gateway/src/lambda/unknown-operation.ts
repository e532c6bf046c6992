import { LambdaApiError } from '@millrace/function'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { toAwsError } from './aws-error.ts'

/** 404: nothing of Lambda's API is at that path here. */
class UnknownOperationException extends LambdaApiError {
  readonly status = 404
  readonly retryable = false
}

/** Operations of Lambda's API have their date in front, e.g. `/2015-03-31/functions`. */
export function isLambdaPath(url: string): boolean {
  return /^\/\d{4}-\d\d-\d\d\//.test(url)
}

/** Answers in the form that AWS's clients read. */
export function sendUnknownOperation({ method, url }: FastifyRequest, reply: FastifyReply, requestId: string): FastifyReply {
  const path = url.split('?')[0]?.slice(0, 200)
  const error = new UnknownOperationException(
    `There is no operation of Lambda's API at ${method} ${path} here: see docs/lambda-api.md for those that there are.`,
  )
  const { status, type, headers, body } = toAwsError(error)
  return reply
    .status(status)
    .headers({ ...headers, 'x-amzn-requestid': requestId, 'x-amzn-errortype': type })
    .send(body)
}
