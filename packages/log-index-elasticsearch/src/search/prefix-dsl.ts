import type { Dsl } from './dsl.ts'
import { anyOf, none } from './dsl.ts'

/** Beyond this, numbers are not written as plain digits. */
const digitsMax = 21

/** Numbers that are written with these digits in front: `40*` is 40, 400 to 409, 4000 to 4099 and so on, with or without a fraction. */
export function numberPrefixDsl(field: string, prefix: string): Dsl {
  if (!/^[1-9]\d{0,14}$/.test(prefix)) return prefix === '0' ? { range: { [field]: { gte: 0, lt: 1 } } } : none
  const first = Number(prefix)
  const ranges: Dsl[] = []
  for (let power = 0; prefix.length + power <= digitsMax && first * 10 ** power < Number.MAX_SAFE_INTEGER; power++) {
    ranges.push({ range: { [field]: { gte: first * 10 ** power, lt: (first + 1) * 10 ** power } } })
  }
  return anyOf(ranges)
}

/** IPv4 addresses that are written with these characters in front: `10.1*` is 10.1.*, 10.10.* to 10.19.* and 10.100.* to 10.199.*. */
export function addressPrefixDsl(field: string, prefix: string): Dsl {
  if (!/^\d{1,3}(\.\d{1,3}){0,3}\.?$/.test(prefix)) return none
  const whole = prefix.split('.')
  const begun = whole.pop() as string
  if (whole.length > 3 || whole.some((part) => Number(part) > 255)) return none
  const parts = Array.from({ length: 256 }, (_, at) => at).filter((at) => String(at).startsWith(begun))
  const networks = begun === '' ? [network(whole)] : parts.map((part) => network([...whole, String(part)]))
  return anyOf([{ terms: { [field]: networks } }])
}

function network(parts: readonly string[]): string {
  return `${[...parts, '0', '0', '0', '0'].slice(0, 4).join('.')}/${parts.length * 8}`
}
