/** Whether an Elasticsearch answers at that URL. One that wants a login, or is overloaded, is there all the same. */
export async function elasticsearchAnswers(address: string): Promise<boolean> {
  const url = new URL('/_cluster/health?wait_for_status=yellow&timeout=1s', address)
  const { username, password } = url
  url.username = ''
  url.password = ''
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(3000),
      headers: username === '' ? {} : { authorization: `Basic ${login}` },
    })
    await response.arrayBuffer()
    return response.ok || [401, 403, 429].includes(response.status)
  } catch {
    return false
  }
}
