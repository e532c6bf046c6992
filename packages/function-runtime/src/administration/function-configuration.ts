import { functionArn, type FunctionConfiguration } from '@millrace/function'
import { awsAccountId } from '@millrace/stream'
import { createHash } from 'node:crypto'
import type { CodeDigest } from '../code/code-digest.ts'
import type { FunctionEntry } from './settings-table.ts'

/** Lambda's description of a function. */
export function functionConfiguration(entry: FunctionEntry, code: CodeDigest): FunctionConfiguration {
  const { definition, settings, overrides } = entry
  const { deadLetterTarget, environment } = settings
  return {
    FunctionName: definition.name,
    FunctionArn: functionArn(definition.name),
    Runtime: `nodejs${process.versions.node.split('.')[0]}.x`,
    Role: `arn:aws:iam::${awsAccountId}:role/millrace`,
    Handler: settings.handler ?? (definition.kind === 'native' ? definition.export : definition.handler),
    CodeSize: code.bytes,
    Description: settings.description,
    Timeout: settings.timeoutSeconds,
    MemorySize: settings.memorySizeMb,
    LastModified: awsTime(Math.max(code.modifiedTimestamp, overrides?.modifiedTimestamp ?? 0)),
    CodeSha256: code.sha256,
    Version: '$LATEST',
    ...(Object.keys(environment).length === 0 ? {} : { Environment: { Variables: environment } }),
    ...(deadLetterTarget === '' ? {} : { DeadLetterConfig: { TargetArn: deadLetterTarget } }),
    RevisionId: revisionId(entry, code),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
  }
}

/** `2026-11-21T13:11:34.000+0000` */
export function awsTime(timestamp: number): string {
  return new Date(Math.floor(timestamp)).toISOString().replace('Z', '+0000')
}

/** The same in every process; another one for other settings or other code. */
function revisionId({ digest, overrides }: FunctionEntry, { sha256 }: CodeDigest): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([digest, overrides?.revision, sha256]))
    .digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
