import { HttpError } from '../http/http-error.ts'

/** A function, as a request names it. */
export interface FunctionReference {
  readonly name: string
  readonly qualifier: string | undefined
}

const pattern =
  /^(?:(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\d{12}:function:|function:)?([A-Za-z0-9_.-]{1,140})(?::(\$LATEST|[A-Za-z0-9_-]{1,128}))?$/

/** Reads a name, an ARN or a part of one, each with or without a qualifier. Throws 400 `invalid-parameter`. */
export function parseFunctionName(text: string, qualifier: string | undefined): FunctionReference {
  const match = pattern.exec(text)
  if (match === null) {
    throw new HttpError(400, 'invalid-parameter', `${JSON.stringify(text)} is neither the name nor the ARN of a function.`)
  }
  const own = match[2]
  if (own !== undefined && qualifier !== undefined && own !== qualifier) {
    throw new HttpError(
      400,
      'invalid-parameter',
      `The function name carries the qualifier ${own}, and the request ${qualifier}: they must be the same.`,
    )
  }
  return { name: match[1] as string, qualifier: own ?? qualifier }
}
