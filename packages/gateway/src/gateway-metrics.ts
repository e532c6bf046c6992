import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'

/** What the gateway counts. Hot counters are plain numbers, read when somebody asks for the metrics. */
export class GatewayMetrics {
  /** Records accepted. */
  ingestRecords = 0
  /** Data of the records accepted. */
  ingestBytes = 0
  readonly #requests = new Map<string, number>()
  readonly #refused = new Map<string, number>()
  readonly #durations: Histogram<'method' | 'route' | 'code'>

  /** `bytesInFlight` is read when the metrics are. Registers everything in `registry`. */
  constructor(registry: Registry, bytesInFlight: () => number) {
    const registers = [registry]
    counter(registry, 'millrace_ingest_records_total', 'Records that ingest requests put into a stream.', () => this.ingestRecords)
    counter(registry, 'millrace_ingest_bytes_total', 'Bytes of the records that ingest requests put into a stream.', () => this.ingestBytes)
    labelled(registry, 'millrace_ingest_requests_total', 'Ingest requests by HTTP status; 499: the client went away.', this.#requests)
    labelled(registry, 'millrace_ingest_refused_records_total', 'Records of ingest requests that were refused, by reason.', this.#refused)
    const gauge: Gauge = new Gauge({
      name: 'millrace_ingest_in_flight_bytes',
      help: 'Memory that the ingest requests under way are charged for.',
      registers,
      collect: () => gauge.set(bytesInFlight()),
    })
    this.#durations = new Histogram({
      name: 'millrace_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer.',
      labelNames: ['method', 'route', 'code'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    })
  }

  countIngestRequest(status: number): void {
    add(this.#requests, String(status))
  }

  countRefused(code: string): void {
    add(this.#refused, code)
  }

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.#durations.observe({ method, route, code: String(status) }, seconds)
  }
}

function counter(registry: Registry, name: string, help: string, read: () => number): void {
  const counter: Counter = new Counter({
    name,
    help,
    registers: [registry],
    collect: () => {
      counter.reset()
      counter.inc(read())
    },
  })
}

function labelled(registry: Registry, name: string, help: string, values: ReadonlyMap<string, number>): void {
  const counter: Counter<'code'> = new Counter({
    name,
    help,
    labelNames: ['code'],
    registers: [registry],
    collect: () => {
      counter.reset()
      for (const [code, value] of values) counter.inc({ code }, value)
    },
  })
}

function add(values: Map<string, number>, key: string): void {
  values.set(key, (values.get(key) ?? 0) + 1)
}
