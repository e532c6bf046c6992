import { z } from 'zod'

export interface OauthClient {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Scopes separated by blanks. */
  readonly scope: string | undefined
}

const requestTimeoutMs = 10_000
/** A token is replaced when this part of its life is over, so that none ends on its way. */
const freshPart = 0.8
/** Life of a token whose server does not tell, in seconds (RFC 6749, 5.1, only recommends that it does). */
const unknownLifeSeconds = 60

const answerSchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().optional() })

/**
 * Tokens by the client credentials grant (RFC 6749, 4.4), each used by all connections until most of its life is over. The calls reject with an error that
 * names the server and what it answered, never with what was sent.
 */
export function oauthTokens(client: OauthClient, now: () => number = Date.now): () => Promise<{ value: string }> {
  let kept: Promise<Token> | undefined
  let freshUntil = 0
  return async () => {
    if (kept === undefined || now() >= freshUntil) {
      const asked = now()
      const token = request(client)
      kept = token
      // Whoever asks meanwhile waits for the same answer.
      freshUntil = Number.POSITIVE_INFINITY
      token.then(
        ({ lifeSeconds }) => (freshUntil = asked + lifeSeconds * 1000 * freshPart),
        () => (kept = undefined),
      )
    }
    return { value: (await kept).value }
  }
}

interface Token {
  readonly value: string
  readonly lifeSeconds: number
}

async function request({ tokenUrl, clientId, clientSecret, scope }: OauthClient): Promise<Token> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) })
  // RFC 6749, 2.3.1: both are form-encoded before they are joined.
  const credentials = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')
  const failed = (reason: string): Error => new Error(`No token for Kafka from ${tokenUrl} (--kafka-oauth-token-url): ${reason}`)
  let response: Response
  let text: string
  try {
    response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, accept: 'application/json' },
      body,
      signal: AbortSignal.timeout(requestTimeoutMs),
    })
    text = await response.text()
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw failed(cause instanceof Error ? cause.message : String(cause))
  }
  if (!response.ok) throw failed(`it answered ${response.status}: ${text.slice(0, 300)}`)
  const answer = answerSchema.safeParse(jsonOf(text))
  if (!answer.success) throw failed('its answer has no access_token.')
  return { value: answer.data.access_token, lifeSeconds: answer.data.expires_in ?? unknownLifeSeconds }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
