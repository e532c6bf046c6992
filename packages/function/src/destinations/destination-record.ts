/** A record of an invocation on its way to a destination. */
export interface DestinationRecord {
  /** Records of one key keep their order where the destination has one: the shard, or the function. */
  readonly key: string
  /** Folder of S3's layout that the record belongs into, such as `aws/lambda/<uuid>/<shardId>`. */
  readonly folder: string
  /** When the record was made, milliseconds since the epoch. */
  readonly timestamp: number
  /** Beside the JSON, where Lambda sends attributes of a message: headers of a record or a request. */
  readonly attributes?: Readonly<Record<string, string>>
  /** Lambda's JSON. Of a failed batch it says where the records stand, and not what they are. */
  json(): string
  /** The same with what the function was invoked with. */
  jsonWithPayload(): string
}
