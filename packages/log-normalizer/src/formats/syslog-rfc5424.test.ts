import { describe, expect, it } from 'vitest'
import { syslogRfc5424 } from './syslog-rfc5424.ts'
import { type Example, readExample } from './read-example.ts'

const examples: readonly Example[] = [
  {
    line: '<34>1 2026-11-21T09:31:00.123Z web-1.example.org su - ID47 [ex@32473 a="b" c="d\\"e\\]"][x@1] ﻿\'su root\' failed',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T09:31:00.123Z',
      message: "'su root' failed",
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
          version: '1',
          hostname: 'web-1.example.org',
          appname: 'su',
          msgid: 'ID47',
          structured_data: {
            'ex@32473': {
              a: 'b',
              c: 'd"e]',
            },
            'x@1': {},
          },
        },
      },
      host: {
        name: 'web-1.example.org',
      },
      process: {
        name: 'su',
      },
    },
  },
  {
    line: '1 2026-11-21T09:31:00+01:00 web-1 app 77 - - without priority',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T08:31:00.000Z',
      message: 'without priority',
      log: {
        syslog: {
          version: '1',
          hostname: 'web-1',
          appname: 'app',
          procid: '77',
        },
      },
      host: {
        name: 'web-1',
      },
      process: {
        pid: 77,
        name: 'app',
      },
    },
  },
  {
    line: '<191>1 - - - - - -',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T10:00:00.000Z',
      message: '',
      log: {
        level: 'debug',
        syslog: {
          priority: 191,
          facility: {
            code: 23,
            name: 'local7',
          },
          severity: {
            code: 7,
            name: 'Debug',
          },
          version: '1',
        },
      },
    },
  },
  {
    line: '<14>1 2026-11-21T09:31:00Z h a p m [broken data',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: '[broken data',
      log: {
        level: 'info',
        syslog: {
          priority: 14,
          facility: {
            code: 1,
            name: 'user',
          },
          severity: {
            code: 6,
            name: 'Informational',
          },
          version: '1',
          hostname: 'h',
          appname: 'a',
          procid: 'p',
          msgid: 'm',
        },
      },
      host: {
        name: 'h',
      },
      process: {
        name: 'a',
      },
    },
  },
  {
    line: '<14>1 2026-11-21T09:31:00Z h a p m [a x="1" x="2"][a y="3"] twice',
    dataset: 'syslog',
    document: {
      '@timestamp': '2026-11-21T09:31:00.000Z',
      message: 'twice',
      log: {
        level: 'info',
        syslog: {
          priority: 14,
          facility: {
            code: 1,
            name: 'user',
          },
          severity: {
            code: 6,
            name: 'Informational',
          },
          version: '1',
          hostname: 'h',
          appname: 'a',
          procid: 'p',
          msgid: 'm',
          structured_data: {
            a: {
              x: ['1', '2'],
              y: '3',
            },
          },
        },
      },
      host: {
        name: 'h',
      },
      process: {
        name: 'a',
      },
    },
  },
]

describe('syslog-rfc5424', () => {
  it.each(examples)('$line', (example) => {
    expect(readExample(example)).toEqual({ format: syslogRfc5424.name, dataset: example.dataset, document: example.document })
  })
})
