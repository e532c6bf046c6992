import { describe, expect, it } from 'vitest'
import { syslogRfc3164 } from './syslog-rfc3164.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '<13>Nov 21 09:31:00 web-1 shop[123]: message here',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message: 'message here',
      log: {
        level: 'notice',
        syslog: {
          priority: 13,
          facility: {
            code: 1,
            name: 'user',
          },
          severity: {
            code: 5,
            name: 'Notice',
          },
          hostname: 'web-1',
          appname: 'shop',
          procid: '123',
        },
      },
      host: {
        name: 'web-1',
      },
      process: {
        pid: 123,
        name: 'shop',
      },
    },
  },
  {
    line: '<34>Nov  1 09:31:00 192.0.2.5 su: failed',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-01T08:31:00.000Z',
      message: 'failed',
      log: {
        level: 'critical',
        syslog: {
          priority: 34,
          facility: {
            code: 4,
            name: 'auth',
          },
          severity: {
            code: 2,
            name: 'Critical',
          },
          hostname: '192.0.2.5',
          appname: 'su',
        },
      },
      host: {
        name: '192.0.2.5',
      },
      process: {
        name: 'su',
      },
    },
  },
  {
    line: '<13>Nov 21 09:31:00 root: without a host',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message: 'without a host',
      log: {
        level: 'notice',
        syslog: {
          priority: 13,
          facility: {
            code: 1,
            name: 'user',
          },
          severity: {
            code: 5,
            name: 'Notice',
          },
          appname: 'root',
        },
      },
      process: {
        name: 'root',
      },
    },
  },
  {
    line: '<13>Nov 21 09:31:00 web-1 no tag at all',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message: 'no tag at all',
      log: {
        level: 'notice',
        syslog: {
          priority: 13,
          facility: {
            code: 1,
            name: 'user',
          },
          severity: {
            code: 5,
            name: 'Notice',
          },
          hostname: 'web-1',
        },
      },
      host: {
        name: 'web-1',
      },
    },
  },
  {
    line: 'Nov 21 09:31:00 web-1 kernel: [    0.000000] Linux',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message: '[    0.000000] Linux',
      log: {
        syslog: {
          hostname: 'web-1',
          appname: 'kernel',
        },
      },
      host: {
        name: 'web-1',
      },
      process: {
        name: 'kernel',
      },
    },
  },
  {
    line: 'Dec 31 23:59:59 web-1 cron[1]: last year',
    dataset: 'syslog',
    document: {
      '@timestamp': '2025-12-31T22:59:59.000Z',
      message: 'last year',
      log: {
        syslog: {
          hostname: 'web-1',
          appname: 'cron',
          procid: '1',
        },
      },
      host: {
        name: 'web-1',
      },
      process: {
        pid: 1,
        name: 'cron',
      },
    },
  },
  {
    line: 'Feb 29 10:00:00 web-1 cron[1]: the last leap year',
    dataset: 'syslog',
    document: {
      '@timestamp': '2024-02-29T09:00:00.000Z',
      message: 'the last leap year',
      log: {
        syslog: {
          hostname: 'web-1',
          appname: 'cron',
          procid: '1',
        },
      },
      host: {
        name: 'web-1',
      },
      process: {
        pid: 1,
        name: 'cron',
      },
    },
  },
  {
    line: '2026-11-21T09:31:00.123456+01:00 web-1 sshd[123]: Accepted publickey',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T08:31:00.123Z',
      message: 'Accepted publickey',
      log: {
        syslog: {
          hostname: 'web-1',
          appname: 'sshd',
          procid: '123',
        },
      },
      host: {
        name: 'web-1',
      },
      process: {
        pid: 123,
        name: 'sshd',
      },
    },
  },
  {
    line: '<165>2026-11-21T09:31:00Z web-1 app: ISO with priority',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: 'ISO with priority',
      log: {
        level: 'notice',
        syslog: {
          priority: 165,
          facility: {
            code: 20,
            name: 'local4',
          },
          severity: {
            code: 5,
            name: 'Notice',
          },
          hostname: 'web-1',
          appname: 'app',
        },
      },
      host: {
        name: 'web-1',
      },
      process: {
        name: 'app',
      },
    },
  },
]

describe('syslog-rfc3164', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: syslogRfc3164.name, dataset: example.dataset, document: example.document })
  })
})
