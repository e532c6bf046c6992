import { fastify } from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AccessKeys } from './aws/signature/access-keys.ts'
import { AccessPolicy } from './access/access-policy.ts'
import { registerDeadLetters } from './dead-letters/dead-letter-routes.ts'
import { registerFunctionLogs } from './function-logs/function-log-route.ts'
import type { GatewayContext } from './gateway-context.ts'
import { GatewayMetrics } from './gateway-metrics.ts'
import type { GatewaySettings } from './gateway-options.ts'
import type { GatewayServices } from './gateway-services.ts'
import { clientGoneStatus, HttpError } from './http/http-error.ts'
import { answerClientError } from './http/client-error.ts'
import { linger } from './http/linger.ts'
import { registerErrorHandler } from './http/register-error-handler.ts'
import { shuttingDown } from './http/to-http-error.ts'
import { ByteBudget } from './ingest/byte-budget.ts'
import { registerIngest } from './ingest/ingest-route.ts'
import { registerKinesis } from './kinesis/register-kinesis.ts'
import { registerLambda } from './lambda/register-lambda.ts'
import { registerReplay } from './replay/replay-route.ts'
import { registerSearch } from './search/search-route.ts'
import { registerStatus } from './status/status-routes.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers without an API key. */
    readonly keyless?: boolean
    /** Says how this process is: served whatever its roles. */
    readonly status?: boolean
    /** The route looks at signatures by itself, once the body is there. */
    readonly signed?: boolean
    /** Requests of this route are counted as ingest requests. */
    readonly ingest?: boolean
  }
}

/** The server with all of its routes, not listening yet. `closing` is aborted when no more requests are taken. */
export function buildServer(services: GatewayServices, settings: GatewaySettings, closing: AbortSignal): FastifyInstance {
  const budget = new ByteBudget(settings.ingestBytesInFlightMax, settings.retryAfterMs)
  const metrics = new GatewayMetrics(services.metrics, () => budget.used)
  const accessKeys = new AccessKeys(settings.accessKeys)
  const context: GatewayContext = { services, settings, metrics, budget, accessKeys, closing }
  const server = createServer(settings)
  server.server.maxConnections = settings.connectionsMax
  registerErrorHandler(server, services)
  registerHooks(server, context)
  const logs = [registerIngest, registerSearch, registerFunctionLogs, registerDeadLetters, registerReplay, registerStatus]
  for (const register of [...logs, registerLambda, registerKinesis]) {
    void server.register(async (scope) => register(scope, context))
  }
  return server
}

function createServer(settings: GatewaySettings): FastifyInstance {
  const limits = {
    maxHeaderSize: settings.headerBytesMax,
    headersTimeout: settings.headersTimeoutMs,
    // Time-outs are noticed only this often.
    connectionsCheckingInterval: Math.max(50, Math.min(5000, Math.floor(settings.headersTimeoutMs / 4))),
  }
  const { tlsCertificate, tlsKey } = settings
  const common = {
    logger: false,
    bodyLimit: settings.jsonBodyBytesMax,
    requestTimeout: settings.requestTimeoutMs,
    keepAliveTimeout: settings.keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    routerOptions: { maxParamLength: 1024 },
  } as const
  if (tlsCertificate === undefined || tlsKey === undefined) return fastify({ ...common, http: limits })
  const https = { ...limits, ALPNProtocols: ['h2', 'http/1.1'], cert: tlsCertificate, key: tlsKey, minVersion: 'TLSv1.2' as const }
  return fastify({ ...common, https })
}

function registerHooks(server: FastifyInstance, context: GatewayContext): void {
  const policy = new AccessPolicy(context.settings)
  server.addHook('onRequest', async (request, reply) => {
    observeEnd(request, reply, context)
    void reply.headers(standardHeaders)
    if (context.closing.aborted) throw shuttingDown()
    if (context.settings.statusOnly && !request.is404 && request.routeOptions.config.status !== true) throw withoutRole(request)
    policy.check({
      headers: request.headers,
      localAddress: request.socket.localAddress,
      keyless: request.routeOptions.config.keyless ?? false,
      signed: request.routeOptions.config.signed ?? false,
    })
  })
  // A connection that stays open after its answer would keep a closing server open.
  server.addHook('onSend', async (request, reply) => {
    if (context.closing.aborted) void reply.header('connection', 'close')
    // A body that is too large is answered while it still comes. Cut now, as the framework would, the answer may be lost: `linger` does it in time.
    else if (!request.raw.complete) void reply.removeHeader('connection')
  })
}

function withoutRole({ method, routeOptions: { url = '' } }: FastifyRequest): HttpError {
  return new HttpError(
    421,
    'role-missing',
    `This process has not the role gateway (--roles, MILLRACE_ROLES), and does not answer ${method} ${url}: ask one that has it.`,
  )
}

/** When an answer has gone out, or nobody is left to take it. */
function observeEnd(request: FastifyRequest, reply: FastifyReply, { services, settings, metrics }: GatewayContext): void {
  const start = performance.now()
  reply.raw.once('close', () => {
    const status = reply.raw.writableEnded ? reply.raw.statusCode : clientGoneStatus
    const { url: route = 'unknown', config } = request.routeOptions
    metrics.observeRequest(request.method, route, status, (performance.now() - start) / 1000)
    if (config.ingest === true) metrics.countIngestRequest(status)
    linger(request.raw, services.clock, settings.lingerTimeoutMs)
  })
}

/** Logs are written by strangers: a browser must neither guess that an answer is a page, nor keep it. */
const standardHeaders = { server: 'millrace', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const
