import { once } from 'node:events'
import { connect } from 'node:tls'
import type { DetailedPeerCertificate } from 'node:tls'
import { ElasticsearchOptionsError } from './errors.ts'

/**
 * Asks a node for the certificate of its authority, and answers it (PEM) if it has the fingerprint. What it is used for afterwards is checked in
 * full: the certificate is known to be the right one, whoever sent it. Throws `ElasticsearchOptionsError` if the node has another authority.
 */
export async function fetchAuthority(node: string, fingerprint: string, signal: AbortSignal): Promise<string> {
  const { hostname, port } = new URL(node)
  const host = hostname.replace(/^\[|\]$/g, '')
  // Nothing is sent over this connection: it is not trusted yet.
  const socket = connect({ host, port: Number(port === '' ? 443 : port), rejectUnauthorized: false, servername: serverName(host) })
  try {
    await once(socket, 'secureConnect', { signal })
    for (const certificate of chainOf(socket.getPeerCertificate(true))) {
      if (plain(certificate.fingerprint256) === plain(fingerprint)) return toPem(certificate.raw)
    }
  } finally {
    socket.destroy()
  }
  throw new ElasticsearchOptionsError('caFingerprint', `No certificate that ${host} shows has the fingerprint of the option caFingerprint.`)
}

/** The certificates that the node showed, its own first. */
function* chainOf(certificate: DetailedPeerCertificate): Iterable<DetailedPeerCertificate> {
  let at: DetailedPeerCertificate | undefined = certificate
  // The last one is its own issuer.
  for (let depth = 0; depth < 10 && at?.raw !== undefined; depth++) {
    yield at
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate
  }
}

function serverName(host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toUpperCase()
}

function toPem(raw: Buffer): string {
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
