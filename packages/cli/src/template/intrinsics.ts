import { awsAccountId, awsRegion } from '@millrace/stream'
import type { ParsedTemplate } from './parse-template.ts'
import { TemplateError } from './template-error.ts'

/** What references in a template stand for. */
export interface References {
  /** `!Ref Name`; undefined for an unknown name. */
  ref(name: string): string | undefined
  /** `!GetAtt Name.Attribute`; undefined for an unknown one. */
  attribute(name: string, attribute: string): string | undefined
}

/** CloudFormation's pseudo parameters: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::Region': awsRegion,
  'AWS::AccountId': awsAccountId,
  'AWS::Partition': 'aws',
  'AWS::StackName': 'millrace',
  'AWS::URLSuffix': 'amazonaws.com',
}

/** Replaces `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join` in a value. Throws `TemplateError` for others, and for what cannot be resolved. */
export function resolveIntrinsics(value: unknown, path: readonly PropertyKey[], references: References, template: ParsedTemplate): unknown {
  const fail = (message: string): never => {
    throw new TemplateError(template.file, template.lineOf(path), message)
  }
  const ref = (name: string): string =>
    pseudoParameters[name] ?? references.ref(name) ?? fail(`"${name}" is neither a parameter nor a resource of this template.`)
  const attribute = (name: string, key: string): string =>
    references.attribute(name, key) ?? fail(`There is no attribute "${key}" of "${name}". Streams and functions have Arn.`)
  const inside = (child: unknown, key: PropertyKey): unknown => resolveIntrinsics(child, [...path, key], references, template)

  if (Array.isArray(value)) return value.map((child, index) => inside(child, index))
  if (typeof value !== 'object' || value === null) return value
  const [name, ...others] = Object.keys(value)
  const argument: unknown = name === undefined ? undefined : (value as Record<string, unknown>)[name]
  if (others.length === 0 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::') || name === 'Condition')) {
    if (name === 'Ref' && typeof argument === 'string') return ref(argument)
    if (name === 'Fn::GetAtt') {
      const parts = typeof argument === 'string' ? argument.split('.') : argument
      if (Array.isArray(parts) && parts.length === 2) return attribute(String(parts[0]), String(parts[1]))
      return fail('!GetAtt takes Resource.Attribute.')
    }
    if (name === 'Fn::Sub') {
      const [text, variables] = Array.isArray(argument) ? argument : [argument, {}]
      if (typeof text !== 'string') return fail('!Sub takes a text, or a list of a text and its variables.')
      const given = inside(variables ?? {}, name) as Record<string, unknown>
      return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, key: string) => {
        if (literal === '!') return `\${${key}}`
        if (key in given) return String(given[key])
        const dot = key.indexOf('.')
        return dot < 0 ? ref(key) : attribute(key.slice(0, dot), key.slice(dot + 1))
      })
    }
    if (name === 'Fn::Join' && Array.isArray(argument) && argument.length === 2 && Array.isArray(argument[1])) {
      return argument[1].map((part, index) => String(inside(part, index))).join(String(argument[0]))
    }
    return fail(
      `${name === 'Ref' ? '!Ref takes a name' : `${name.replace('Fn::', '!')} is not supported; !Ref, !GetAtt, !Sub and !Join are`}.`,
    )
  }
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inside(child, key)]))
}
