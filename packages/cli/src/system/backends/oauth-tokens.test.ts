import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { oauthTokens } from './oauth-tokens.ts'

async function listening(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
}

it('asks by the client credentials grant, and again when most of the life of a token is over', async () => {
  const asked: { authorization: string | undefined; body: string }[] = []
  const tokenUrl = await listening((incoming, response) => {
    let body = ''
    incoming.on('data', (part: Buffer) => (body += part.toString()))
    incoming.on('end', () => {
      asked.push({ authorization: incoming.headers.authorization, body })
      response.end(JSON.stringify({ access_token: `token-${asked.length}`, token_type: 'bearer', expires_in: 100 }))
    })
  })
  let now = 0
  const next = oauthTokens({ tokenUrl, clientId: 'mill race', clientSecret: 'p:w', scope: 'kafka logs' }, () => now)
  expect(await Promise.all([next(), next()])).toEqual([{ value: 'token-1' }, { value: 'token-1' }])
  now = 79_999
  expect(await next()).toEqual({ value: 'token-1' })
  now = 80_000
  expect(await next()).toEqual({ value: 'token-2' })
  expect(asked[0]).toEqual({
    authorization: `Basic ${Buffer.from('mill%20race:p%3Aw').toString('base64')}`,
    body: 'grant_type=client_credentials&scope=kafka+logs',
  })
})

it('tells what the server answered, without the secret, and asks anew', async () => {
  let refusals = 1
  const tokenUrl = await listening((_incoming, response) => {
    if (refusals-- > 0) response.writeHead(401).end('{"error":"invalid_client"}')
    else response.end('{"access_token":"token"}')
  })
  const next = oauthTokens({ tokenUrl, clientId: 'millrace', clientSecret: 'hidden', scope: undefined })
  await expect(next()).rejects.toThrow(/--kafka-oauth-token-url.*401.*invalid_client/)
  expect(await next()).toEqual({ value: 'token' })
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  const away = oauthTokens({ tokenUrl: `http://127.0.0.1:${port}/`, clientId: 'millrace', clientSecret: 'hidden', scope: undefined })
  await expect(away()).rejects.toThrow(/ECONNREFUSED/)
})
