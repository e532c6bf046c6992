import { describe, expect, it } from 'vitest'
import { json } from './json.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '{"level":30,"time":1795253460123,"pid":12,"hostname":"web-1","name":"shop","reqId":"r1","n":2,"msg":"hi"}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: 'hi',
      log: {
        level: 'info',
        logger: 'shop',
      },
      host: {
        name: 'web-1',
      },
      process: {
        pid: 12,
      },
      labels: {
        reqId: 'r1',
      },
      numeric_labels: {
        n: 2,
      },
    },
  },
  {
    line: '{"level":50,"time":1795253460123,"msg":"failed","err":{"type":"TypeError","message":"x","code":"E1","stack":"TypeError: x\\n    at f (a.js:1:2)"}}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: 'failed',
      log: {
        level: 'error',
      },
      error: {
        type: 'TypeError',
        message: 'x',
        stack_trace: 'TypeError: x\n    at f (a.js:1:2)',
        code: 'E1',
      },
    },
  },
  {
    line: '{"level":30,"time":1795253460123,"req":{"id":7,"method":"GET","url":"/a?b=1","headers":{"user-agent":"curl/8","x-tenant":"t1"},"remoteAddress":"192.0.2.7","remotePort":4711},"res":{"statusCode":200},"responseTime":3.25,"msg":"request completed"}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: 'request completed',
      log: {
        level: 'info',
      },
      http: {
        request: {
          id: '7',
          method: 'GET',
        },
        response: {
          status_code: 200,
        },
      },
      url: {
        original: '/a?b=1',
        path: '/a',
        query: 'b=1',
      },
      user_agent: {
        original: 'curl/8',
      },
      source: {
        address: '192.0.2.7',
        ip: '192.0.2.7',
        port: 4711,
      },
      labels: {
        'req_headers_x-tenant': 't1',
      },
      event: {
        duration: 3250000,
      },
    },
  },
  {
    line: '{"level":"error","message":"boom","stack":"Error: boom\\n    at x (y.js:1:1)","timestamp":"2026-11-21T09:31:00.123Z"}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: 'boom',
      log: {
        level: 'error',
      },
      error: {
        type: 'Error',
        message: 'boom',
        stack_trace: 'Error: boom\n    at x (y.js:1:1)',
      },
    },
  },
  {
    line: '{"@timestamp":"2026-11-21T09:00:00Z","log.level":"INFO","ecs":{"version":"1.2"},"message":"dots and nests","trace":{"id":"abc"},"trace.id":"def","host":{"name":"a","ip":"192.0.2.1"},"event.action":"login","tags":"one"}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T09:00:00.000Z',
      message: 'dots and nests',
      log: {
        level: 'info',
      },
      host: {
        name: 'a',
        ip: ['192.0.2.1'],
      },
      trace: {
        id: 'abc',
      },
      tags: ['one'],
      labels: {
        trace_id: 'def',
      },
      event: {
        action: 'login',
      },
    },
  },
  {
    line: '{"ts":1795253460.5,"level":"WARN","logger":"http","caller":"server/http.go:42","msg":"zap"}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T09:31:00.500Z',
      message: 'zap',
      log: {
        level: 'warn',
        logger: 'http',
        origin: {
          file: {
            name: 'server/http.go',
            line: 42,
          },
        },
      },
    },
  },
  {
    line: '{"time":"2026-11-21T09:31:00.123456789+01:00","severity":"NOTICE","message":"m","service":{"name":"s","version":"1.2"}}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T08:31:00.123Z',
      message: 'm',
      log: {
        level: 'notice',
      },
      service: {
        name: 's',
        version: '1.2',
      },
    },
  },
  {
    line: '{"asctime":"2026-11-21 09:31:00,123","levelname":"WARNING","name":"app.db","message":"python"}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T08:31:00.123Z',
      message: 'python',
      log: {
        level: 'warn',
        logger: 'app.db',
      },
    },
  },
  {
    line: '{"message":"same type always","status":"500","error":"text","host":"a","user":"bob","process":{"pid":"12"}}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'same type always',
      host: {
        name: 'a',
      },
      process: {
        pid: 12,
      },
      error: {
        message: 'text',
      },
      http: {
        response: {
          status_code: 500,
        },
      },
      user: {
        name: 'bob',
      },
    },
  },
  {
    line: '{"message":"same type always","status":500,"error":{"message":"text"},"host":{"name":"a"},"user":{"name":"bob"},"process":{"pid":12}}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'same type always',
      host: {
        name: 'a',
      },
      process: {
        pid: 12,
      },
      error: {
        message: 'text',
      },
      http: {
        response: {
          status_code: 500,
        },
      },
      user: {
        name: 'bob',
      },
    },
  },
  {
    line: '{"message":"what fits no field","status":"active","url":5,"source":{"ip":"not an address"},"process":{"pid":"many"},"event":{"duration":"long"}}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'what fits no field',
      labels: {
        status: 'active',
        source_ip: 'not an address',
        process_pid: 'many',
        event_duration: 'long',
      },
      numeric_labels: {
        url: 5,
      },
    },
  },
  {
    line: '{"msg":"unknown","a":{"b":{"c":1}},"a.b":2,"a_b":3,"on":true,"off":null,"list":[1,2],"words":["x","y"],"mixed":[1,{"z":1}],"none":{},"__proto__":{"x":"1"},"constructor":"c","":"e","*":"s"}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'unknown',
      labels: {
        on: 'true',
        off: null,
        words: ['x', 'y'],
        mixed: '[1,{"z":1}]',
        none: '{}',
        __proto___x: '1',
        constructor: 'c',
        _: ['e', 's'],
      },
      numeric_labels: {
        a_b_c: 1,
        a_b: [2, 3],
        list: [1, 2],
      },
    },
  },
  {
    line: '{"msg":"numbers","id":12345678901234567890,"huge":1e400,"list":[9007199254740993],"half":0.5}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'numbers',
      labels: {
        id: '12345678901234567890',
        huge: '1e400',
        list: '9007199254740993',
      },
      numeric_labels: {
        half: 0.5,
      },
    },
  },
  {
    line: '{"msg":"half a character \\ud83d","k\\udc00":1}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'half a character �',
      numeric_labels: {
        'k�': 1,
      },
      event: {
        original: '{"msg":"half a character \\ud83d","k\\udc00":1}',
      },
    },
  },
  {
    line: '{"msg":"far","@timestamp":"9999-01-01T00:00:00Z","time":1795253460}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: 'far',
      labels: {
        '@timestamp': '9999-01-01T00:00:00Z',
      },
    },
  },
  {
    line: '{"labels":{"env":"prod"},"nothing":"else"}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '{"labels":{"env":"prod"},"nothing":"else"}',
      labels: {
        env: 'prod',
        nothing: 'else',
      },
    },
  },
  {
    line: '{"msg":"the dataset is the service","service":"other"}',
    context: {
      service: 'My Shop/API',
    },
    dataset: 'my_shop_api',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'the dataset is the service',
      service: {
        name: 'other',
      },
    },
  },
  {
    line: '{}',
    dataset: 'json',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '{}',
    },
  },
]

describe('json', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: json.name, dataset: example.dataset, document: example.document })
  })
})
