import { z } from 'zod'
import { gatewayOptionsSchema } from '../../src/gateway-options.ts'

/** The options as rows of a table in Markdown. */
export function optionRows(): string[] {
  const { properties } = z.toJSONSchema(gatewayOptionsSchema, { io: 'input' })
  return Object.entries(properties ?? {}).map(([name, option]) => {
    if (typeof option === 'boolean') throw new TypeError(`The option ${name} has no schema.`)
    const fallback = option.default === undefined ? '' : `\`${JSON.stringify(option.default)}\``
    return `| \`${name}\` | ${fallback} | ${option.description ?? ''} |`
  })
}
