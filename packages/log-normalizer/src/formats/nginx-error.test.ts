import { describe, expect, it } from 'vitest'
import { nginxError } from './nginx-error.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '2026/11/21 10:00:00 [error] 12#34: *56 open() "/var/www/x" failed (2: No such file or directory), client: 192.0.2.4, server: localhost, request: "GET /x?a=1 HTTP/1.1", host: "shop.example.org:8080", referrer: "https://example.org/"',
    dataset: 'nginx.error',
    document: {
      '@timestamp': '2026-11-21T09:00:00.000Z',
      message:
        'open() "/var/www/x" failed (2: No such file or directory), client: 192.0.2.4, server: localhost, request: "GET /x?a=1 HTTP/1.1", host: "shop.example.org:8080", referrer: "https://example.org/"',
      log: {
        level: 'error',
      },
      process: {
        pid: 12,
        thread: {
          id: 34,
        },
      },
      source: {
        address: '192.0.2.4',
        ip: '192.0.2.4',
      },
      http: {
        version: '1.1',
        request: {
          method: 'GET',
          referrer: 'https://example.org/',
        },
      },
      url: {
        original: '/x?a=1',
        path: '/x',
        query: 'a=1',
        domain: 'shop.example.org',
      },
      numeric_labels: {
        connection_id: 56,
      },
    },
  },
  {
    line: '2026/11/21 10:00:00 [emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)',
    dataset: 'nginx.error',
    document: {
      '@timestamp': '2026-11-21T09:00:00.000Z',
      message: 'bind() to 0.0.0.0:80 failed (98: Address already in use)',
      log: {
        level: 'emergency',
      },
      process: {
        pid: 1,
        thread: {
          id: 1,
        },
      },
    },
  },
  {
    line: '2026/11/21 10:00:00 [info] 12#34: *57 client timed out, client: unix:, server: _',
    dataset: 'nginx.error',
    document: {
      '@timestamp': '2026-11-21T09:00:00.000Z',
      message: 'client timed out, client: unix:, server: _',
      log: {
        level: 'info',
      },
      process: {
        pid: 12,
        thread: {
          id: 34,
        },
      },
      numeric_labels: {
        connection_id: 57,
      },
    },
  },
]

describe('nginx-error', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: nginxError.name, dataset: example.dataset, document: example.document })
  })
})
