import { accessLog } from './formats/access-log.ts'
import { apacheError } from './formats/apache-error.ts'
import { cri } from './formats/cri.ts'
import { docker } from './formats/docker.ts'
import { java } from './formats/java.ts'
import { json } from './formats/json.ts'
import { klog } from './formats/klog.ts'
import { logfmt } from './formats/logfmt.ts'
import { nginxError } from './formats/nginx-error.ts'
import { plain } from './formats/plain.ts'
import { python } from './formats/python.ts'
import { syslogRfc3164 } from './formats/syslog-rfc3164.ts'
import { syslogRfc5424 } from './formats/syslog-rfc5424.ts'
import { timestamped } from './formats/timestamped.ts'
import type { LineFormat } from './line-format.ts'

/** Every format, once. */
export const formats: readonly LineFormat[] = [
  json,
  logfmt,
  accessLog,
  nginxError,
  apacheError,
  syslogRfc3164,
  syslogRfc5424,
  java,
  python,
  klog,
  cri,
  docker,
  timestamped,
  plain,
]
