/**
 * The parameters of a mapping as the API has them, of what a template says. Templates differ in little: numbers and switches arrive as text, a
 * destination may carry its kind, tags are a list, and a key that filters are encrypted with has no meaning on one's own machines.
 */
export function mappingParameters(properties: object): Record<string, unknown> {
  const { KmsKeyArn: _, ...parameters } = properties as Record<string, unknown>
  const given = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, plain(value)]))
  if (isObject(given.DestinationConfig)) given.DestinationConfig = withoutKinds(given.DestinationConfig)
  if (Array.isArray(given.Tags)) given.Tags = tagsByKey(given.Tags)
  return given
}

function plain(value: unknown): unknown {
  if (value === 'true' || value === 'false') return value === 'true'
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
}

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-onfailure.html */
function withoutKinds(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, target]) => {
      if (!isObject(target)) return [name, target]
      const { Type: _, ...rest } = target
      return [name, rest]
    }),
  )
}

/** What is no list of keys and values stays as it is, and is refused with the other parameters. */
function tagsByKey(tags: readonly unknown[]): unknown {
  if (!tags.every((tag) => isObject(tag) && typeof tag.Key === 'string')) return tags
  return Object.fromEntries(tags.map((tag) => [(tag as { Key: string }).Key, (tag as { Value?: unknown }).Value ?? '']))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
