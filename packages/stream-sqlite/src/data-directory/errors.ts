/** The data directory cannot be used: it is not there, not a directory, or not writable. */
export class DataDirectoryError extends Error {
  readonly retryable = false
  override readonly name: string = 'DataDirectoryError'
  readonly path: string
  constructor(path: string, reason: string) {
    super(`The data directory ${path} cannot be used: ${reason}.`)
    this.path = path
  }
}

/** Another process owns the data directory. */
export class DataDirectoryInUseError extends Error {
  readonly retryable = true
  override readonly name = 'DataDirectoryInUseError'
  readonly path: string
  /** Where the owner serves; undefined while it has not said so. */
  readonly url: string | undefined
  /** The owner's process id, as far as it is known. */
  readonly pid: number | undefined
  constructor(path: string, owner: { readonly url: string | undefined; readonly pid: number | undefined }) {
    const who = owner.pid === undefined ? 'another process' : `process ${owner.pid}`
    const where =
      owner.url === undefined
        ? 'It does not serve yet: try again in a moment, or end it'
        : `It serves at ${owner.url}: go through it, or end it`
    super(`The data directory ${path} belongs to ${who}. ${where}.`)
    this.path = path
    this.url = owner.url
    this.pid = owner.pid
  }
}
