import { functionArn, InvalidParameterValueException, ResourceNotFoundException } from '@millrace/function'

const latest = '$LATEST'

/**
 * The plain name of the function that a name, an ARN or a part of one means, with or without a qualifier. The text matches Lambda's pattern. Region and account
 * are not looked at: there is one of each. Throws `ResourceNotFoundException` for a qualifier other than $LATEST, as nothing is published here;
 * `InvalidParameterValueException` for two that differ.
 */
export function functionNameOf(text: string, qualifier?: string): string {
  const [name, own] = split(text)
  if (own !== undefined && qualifier !== undefined && own !== qualifier) {
    throw new InvalidParameterValueException(
      `The derived qualifier from the function name does not match the specified qualifier: ${own} and ${qualifier}.`,
    )
  }
  const version = own ?? qualifier ?? latest
  if (version !== latest) {
    throw new ResourceNotFoundException(
      `Function not found: ${functionArn(name)}:${version}. There is ${latest} alone: no versions, no aliases.`,
    )
  }
  return name
}

/** Name and qualifier. */
function split(text: string): readonly [string, string | undefined] {
  const parts = text.split(':')
  // `…:function:NAME`, `ACCOUNT:NAME`, or `NAME`, each perhaps with a qualifier behind.
  const marker = parts.indexOf('function')
  const at = marker >= 0 && marker < parts.length - 1 ? marker + 1 : parts.length > 1 && /^\d{12}$/.test(parts[0] as string) ? 1 : 0
  return [parts[at] as string, parts[at + 1]]
}
