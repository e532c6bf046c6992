import { describe, expect, it } from 'vitest'
import { accessLog } from './access-log.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '203.0.113.7 - alice [21/Nov/2026:09:31:00 +0100] "GET /a/b?x=1 HTTP/1.1" 200 612 "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64)"',
    dataset: 'nginx.access',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message:
        '203.0.113.7 - alice [21/Nov/2026:09:31:00 +0100] "GET /a/b?x=1 HTTP/1.1" 200 612 "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64)"',
      source: {
        address: '203.0.113.7',
        ip: '203.0.113.7',
      },
      user: {
        name: 'alice',
      },
      http: {
        version: '1.1',
        request: {
          method: 'GET',
          referrer: 'https://example.org/',
        },
        response: {
          status_code: 200,
          body: {
            bytes: 612,
          },
        },
      },
      url: {
        original: '/a/b?x=1',
        path: '/a/b',
        query: 'x=1',
      },
      user_agent: {
        original: 'Mozilla/5.0 (X11; Linux x86_64)',
      },
      event: {
        kind: 'event',
        category: ['web'],
        type: ['access'],
        outcome: 'success',
      },
    },
  },
  {
    line: '2001:db8::1 - - [21/Nov/2026:09:31:00 +0000] "POST http://example.org:8080/x?y HTTP/2.0" 201 0',
    dataset: 'nginx.access',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: '2001:db8::1 - - [21/Nov/2026:09:31:00 +0000] "POST http://example.org:8080/x?y HTTP/2.0" 201 0',
      source: {
        address: '2001:db8::1',
        ip: '2001:db8::1',
      },
      http: {
        version: '2.0',
        request: {
          method: 'POST',
        },
        response: {
          status_code: 201,
          body: {
            bytes: 0,
          },
        },
      },
      url: {
        original: 'http://example.org:8080/x?y',
        path: '/x',
        query: 'y',
        domain: 'example.org',
      },
      event: {
        kind: 'event',
        category: ['web'],
        type: ['access'],
        outcome: 'success',
      },
    },
  },
  {
    line: 'www.example.org:443 2001:db8::1 - - [21/Nov/2026:09:31:00 +0000] "-" 408 - "-" "-"',
    dataset: 'nginx.access',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: 'www.example.org:443 2001:db8::1 - - [21/Nov/2026:09:31:00 +0000] "-" 408 - "-" "-"',
      source: {
        address: '2001:db8::1',
        ip: '2001:db8::1',
      },
      http: {
        response: {
          status_code: 408,
        },
      },
      url: {
        domain: 'www.example.org',
        port: 443,
      },
      event: {
        kind: 'event',
        category: ['web'],
        type: ['access'],
        outcome: 'failure',
      },
    },
  },
  {
    line: 'client.example.org - Jo Ann [21/Nov/2026:09:31:00 +0000] "GET /say%20\\"hi\\" HTTP/1.0" 304 - "-" "a\\\\"',
    dataset: 'nginx.access',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: 'client.example.org - Jo Ann [21/Nov/2026:09:31:00 +0000] "GET /say%20\\"hi\\" HTTP/1.0" 304 - "-" "a\\\\"',
      source: {
        address: 'client.example.org',
      },
      user: {
        name: 'Jo Ann',
      },
      http: {
        version: '1.0',
        request: {
          method: 'GET',
        },
        response: {
          status_code: 304,
        },
      },
      url: {
        original: '/say%20\\"hi\\"',
        path: '/say%20\\"hi\\"',
      },
      user_agent: {
        original: 'a\\\\',
      },
      event: {
        kind: 'event',
        category: ['web'],
        type: ['access'],
        outcome: 'success',
      },
    },
  },
  {
    line: '192.0.2.1 - - [21/Nov/2026:09:31:00 +0000] "\\x16\\x03\\x01" 400 157 "-" "-"',
    dataset: 'nginx.access',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: '192.0.2.1 - - [21/Nov/2026:09:31:00 +0000] "\\x16\\x03\\x01" 400 157 "-" "-"',
      source: {
        address: '192.0.2.1',
        ip: '192.0.2.1',
      },
      http: {
        response: {
          status_code: 400,
          body: {
            bytes: 157,
          },
        },
      },
      event: {
        kind: 'event',
        category: ['web'],
        type: ['access'],
        outcome: 'failure',
      },
    },
  },
  {
    line: '192.0.2.1 - - [21/Nov/2026:09:31:00 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8" "198.51.100.4" 0.012',
    dataset: 'nginx.access',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: '192.0.2.1 - - [21/Nov/2026:09:31:00 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8" "198.51.100.4" 0.012',
      source: {
        address: '192.0.2.1',
        ip: '192.0.2.1',
      },
      http: {
        version: '1.1',
        request: {
          method: 'GET',
        },
        response: {
          status_code: 200,
          body: {
            bytes: 612,
          },
        },
      },
      url: {
        original: '/',
        path: '/',
      },
      user_agent: {
        original: 'curl/8',
      },
      event: {
        kind: 'event',
        category: ['web'],
        type: ['access'],
        outcome: 'success',
      },
    },
  },
  {
    line: '192.0.2.1 - - [31/Feb/2026:09:31:00 +0000] "GET / HTTP/1.1" 200 1',
    dataset: 'nginx.access',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '192.0.2.1 - - [31/Feb/2026:09:31:00 +0000] "GET / HTTP/1.1" 200 1',
      source: {
        address: '192.0.2.1',
        ip: '192.0.2.1',
      },
      http: {
        version: '1.1',
        request: {
          method: 'GET',
        },
        response: {
          status_code: 200,
          body: {
            bytes: 1,
          },
        },
      },
      url: {
        original: '/',
        path: '/',
      },
      labels: {
        timestamp: '31/Feb/2026:09:31:00 +0000',
      },
      event: {
        kind: 'event',
        category: ['web'],
        type: ['access'],
        outcome: 'success',
      },
    },
  },
  {
    line: '192.0.2.1 - - [21/Nov/2026:09:31:00 +0000] "GET / HTTP/1.1" 200 1',
    context: {
      path: '/var/log/apache2/access.log',
    },
    dataset: 'apache.access',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: '192.0.2.1 - - [21/Nov/2026:09:31:00 +0000] "GET / HTTP/1.1" 200 1',
      log: {
        file: {
          path: '/var/log/apache2/access.log',
        },
      },
      source: {
        address: '192.0.2.1',
        ip: '192.0.2.1',
      },
      http: {
        version: '1.1',
        request: {
          method: 'GET',
        },
        response: {
          status_code: 200,
          body: {
            bytes: 1,
          },
        },
      },
      url: {
        original: '/',
        path: '/',
      },
      event: {
        kind: 'event',
        category: ['web'],
        type: ['access'],
        outcome: 'success',
      },
    },
  },
]

describe('access', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: accessLog.name, dataset: example.dataset, document: example.document })
  })
})
