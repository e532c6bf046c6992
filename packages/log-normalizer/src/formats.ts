import { accessLog } from './formats/access-log.ts'
import { json } from './formats/json.ts'
import { plain } from './formats/plain.ts'
import type { LineFormat } from './line-format.ts'

/** Every format, once. */
export const formats: readonly LineFormat[] = [json, accessLog, plain]
