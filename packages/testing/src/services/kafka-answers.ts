import { connect } from 'node:net'

const apiVersionsKey = 18
const correlationId = 7
const tlsAlert = 0x15

/** Whether a broker at `host:port` answers ApiVersions. One that wants TLS or a login answers otherwise, and is there all the same. */
export function kafkaAnswers(broker: string): Promise<boolean> {
  const at = broker.lastIndexOf(':')
  const [host, port] = at === -1 ? [broker, 9092] : [broker.slice(0, at), Number(broker.slice(at + 1))]
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 })
    const done = (answers: boolean): void => {
      socket.destroy()
      resolve(answers)
    }
    let received = Buffer.alloc(0)
    socket.once('connect', () => socket.write(apiVersionsRequest()))
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      // A TLS alert is an answer. Else: the size, the correlation id and the error code.
      if (received[0] === tlsAlert) done(true)
      else if (received.length >= 10) done(received.readInt32BE(4) === correlationId)
    })
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => done(false))
  })
}

/** ApiVersions, version 0, from a client without a name. */
function apiVersionsRequest(): Buffer {
  const request = Buffer.alloc(14)
  request.writeInt32BE(10, 0)
  request.writeInt16BE(apiVersionsKey, 4)
  request.writeInt16BE(0, 6)
  request.writeInt32BE(correlationId, 8)
  request.writeInt16BE(-1, 12)
  return request
}
