import { describe, expect, it } from 'vitest'
import { java } from './java.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '10:00:00.123 [main] INFO  com.foo.Bar -- hello world',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'hello world',
      log: {
        level: 'info',
        logger: 'com.foo.Bar',
      },
      process: {
        thread: {
          name: 'main',
        },
      },
    },
  },
  {
    line: '2026-11-21 10:00:00.123  INFO 12345 --- [           main] o.s.b.w.e.tomcat.TomcatWebServer  : Tomcat started on port 8080',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'Tomcat started on port 8080',
      log: {
        level: 'info',
        logger: 'o.s.b.w.e.tomcat.TomcatWebServer',
      },
      process: {
        pid: 12345,
        thread: {
          name: 'main',
        },
      },
    },
  },
  {
    line: '2026-11-21T10:00:00.123+01:00  WARN 12345 --- [shop] [nio-8080-exec-1] c.e.shop.Orders : careful',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'careful',
      log: {
        level: 'warn',
        logger: 'c.e.shop.Orders',
      },
      process: {
        pid: 12345,
        thread: {
          name: 'nio-8080-exec-1',
        },
      },
      labels: {
        context: 'shop',
      },
    },
  },
  {
    line: '2026-11-21 10:00:00,123 [main] ERROR com.foo.Bar - failed\njava.lang.IllegalStateException: bad state\n\tat com.foo.Bar.run(Bar.java:12)\nCaused by: java.io.IOException: disk\n\tat x.Y.z(Y.java:1)',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'failed',
      log: {
        level: 'error',
        logger: 'com.foo.Bar',
      },
      process: {
        thread: {
          name: 'main',
        },
      },
      error: {
        type: 'java.lang.IllegalStateException',
        message: 'bad state',
        stack_trace:
          'java.lang.IllegalStateException: bad state\n\tat com.foo.Bar.run(Bar.java:12)\nCaused by: java.io.IOException: disk\n\tat x.Y.z(Y.java:1)',
      },
    },
  },
  {
    line: '[2026-11-21 10:00:00,123] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'started (kafka.server.KafkaServer)',
      log: {
        level: 'info',
        logger: 'kafka.server.KafkaServer',
      },
      process: {
        thread: {
          name: 'KafkaServer id=1',
        },
      },
    },
  },
  {
    line: '[2026-11-21 10:00:00,123] WARN slow (org.apache.kafka.Log)',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'slow (org.apache.kafka.Log)',
      log: {
        level: 'warn',
        logger: 'org.apache.kafka.Log',
      },
    },
  },
  {
    line: '[2026-11-21T10:00:00,123][INFO ][o.e.n.Node               ] [node-1] starting',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: '[node-1] starting',
      log: {
        level: 'info',
        logger: 'o.e.n.Node',
      },
    },
  },
  {
    line: '2026-11-21 10:00:00,123 [myid:1] - INFO  [main:QuorumPeer@123] - zookeeper',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'zookeeper',
      log: {
        level: 'info',
      },
      process: {
        thread: {
          name: 'main:QuorumPeer@123',
        },
      },
      labels: {
        context: 'myid:1',
      },
    },
  },
  {
    line: '21-Nov-2026 10:00:00.123 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [123] milliseconds',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T09:00:00.123Z',
      message: 'org.apache.catalina.startup.Catalina.start Server startup in [123] milliseconds',
      log: {
        level: 'info',
      },
      process: {
        thread: {
          name: 'main',
        },
      },
    },
  },
  {
    line: 'Nov 21, 2026 10:00:00 PM org.example.Main main\nWARNING: two lines',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T21:00:00.000Z',
      message: 'two lines',
      log: {
        level: 'warn',
        logger: 'org.example.Main',
        origin: {
          function: 'main',
        },
      },
    },
  },
  {
    line: 'INFO  [main] com.foo.Bar - without a time',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: 'without a time',
      log: {
        level: 'info',
        logger: 'com.foo.Bar',
      },
      process: {
        thread: {
          name: 'main',
        },
      },
    },
  },
  {
    line: '23:59:59.500 [main] DEBUG com.foo.Bar - of the day before',
    dataset: 'java',
    document: {
      '@timestamp': '2026-11-20T22:59:59.500Z',
      message: 'of the day before',
      log: {
        level: 'debug',
        logger: 'com.foo.Bar',
      },
      process: {
        thread: {
          name: 'main',
        },
      },
    },
  },
]

describe('java', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: java.name, dataset: example.dataset, document: example.document })
  })
})
