import { type CollectionTag, type Document, isMap, isNode, LineCounter, type Node, parseDocument, type ScalarTag } from 'yaml'
import { TemplateError } from './template-error.ts'

/** A template's content as plain values, and where each stands. Intrinsic functions are in their long form: `{ Ref: … }`, `{ 'Fn::Sub': … }`. */
export interface ParsedTemplate {
  readonly file: string
  readonly content: unknown
  /** Line of the value at a path, or of its nearest parent. */
  lineOf(path: readonly PropertyKey[]): number | undefined
  /** Line of a key of the map at a path. */
  lineOfKey(path: readonly PropertyKey[], key: string): number | undefined
}

/** Reads YAML or JSON with CloudFormation's short forms (`!Ref`, `!GetAtt`, `!Sub` …). Throws `TemplateError` with the line. */
export function parseTemplate(text: string, file: string): ParsedTemplate {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, customTags: intrinsicTags, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) throw new TemplateError(file, lines.linePos(error.pos[0]).line, error.message)
  // An unknown tag (`!Foo`) is only a warning to the parser; here it would silently change the meaning.
  const [warning] = document.warnings
  if (warning !== undefined) throw new TemplateError(file, lines.linePos(warning.pos[0]).line, warning.message)
  const lineAt = (node: unknown): number | undefined =>
    isNode(node) && node.range !== null && node.range !== undefined ? lines.linePos(node.range[0]).line : undefined
  return {
    file,
    content: document.toJS(),
    lineOf: (path) => lineAt(nearestNode(document, path)),
    lineOfKey: (path, key) => {
      const map = nearestNode(document, path)
      const pair = isMap(map) ? map.items.find((item) => String(item.key) === key) : undefined
      return lineAt(pair?.key) ?? lineAt(map)
    },
  }
}

function nearestNode(document: Document.Parsed, path: readonly PropertyKey[]): Node | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node)) return node
  }
  return undefined
}

const scalarTags: ScalarTag[] = [
  scalarTag('!Ref', (text) => ({ Ref: text })),
  scalarTag('!GetAtt', (text) => ({ 'Fn::GetAtt': text.split('.') })),
  scalarTag('!Sub', (text) => ({ 'Fn::Sub': text })),
]

const sequenceTags: CollectionTag[] = ['GetAtt', 'Sub', 'Join'].map((name) => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve: (sequence) => {
    // Wrapped only when it is turned into values, so that the lines of what is inside stay known.
    const toJSON = sequence.toJSON.bind(sequence)
    sequence.toJSON = (...parameters: Parameters<typeof toJSON>) => ({ [`Fn::${name}`]: toJSON(...parameters) })
    return sequence
  },
}))

const intrinsicTags: (ScalarTag | CollectionTag)[] = [...scalarTags, ...sequenceTags]

function scalarTag(tag: string, resolve: (text: string) => unknown): ScalarTag {
  return { tag, resolve }
}
