import { seededRandom } from '@millrace/testing'

const paths = [
  '/',
  '/index.html',
  '/api/v1/orders',
  '/api/v1/users/8123/profile',
  '/static/js/app.4f2a1c.js',
  '/search?q=mill+race&page=2',
  '/images/logo.svg',
  '/checkout',
]
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
]
const statuses = [200, 200, 200, 200, 200, 200, 304, 301, 404, 500]
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Lines as nginx writes them in its combined format, about 250 bytes each; the same for the same seed. `startMs`: time of the first, 1 ms apart each. */
export function* nginxLines(count: number, seed: number, startMs: number): Generator<string> {
  const random = seededRandom(seed)
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value
  for (let index = 0; index < count; index++) {
    const at = new Date(startMs + index)
    const two = (value: number): string => value.toString().padStart(2, '0')
    const time = `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
    const ip = `${10 + Math.floor(random() * 200)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`
    yield `${ip} - - [${time}] "GET ${pick(paths)} HTTP/1.1" ${pick(statuses)} ${Math.floor(random() * 50_000)} "https://shop.example.com/catalogue/item-${index.toString(36)}" "${pick(agents)}"`
  }
}
