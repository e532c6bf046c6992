// Whether the Millrace in this container is ready, as an exit code. Certificates are made for names that clients use, not for
// loopback, so over TLS the certificate is not looked at.
import http from 'node:http'
import https from 'node:https'

const secure = Boolean(process.env.MILLRACE_TLS_CERT)
const options = { host: '127.0.0.1', port: process.env.MILLRACE_PORT || 4577, path: '/readyz', timeout: 4000, rejectUnauthorized: false }

const request = (secure ? https : http).get(options, (response) => {
  console.log(`/readyz answered ${response.statusCode}`)
  response.pipe(process.stdout)
  process.exitCode = response.statusCode === 200 ? 0 : 1
})
request.on('timeout', () => request.destroy(new Error('/readyz did not answer in time')))
request.on('error', (error) => {
  console.error(error.message)
  process.exitCode = 1
})
