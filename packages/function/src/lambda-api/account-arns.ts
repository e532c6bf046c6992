import { awsAccountId, awsRegion } from '@millrace/stream'

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME` */
export function functionArn(functionName: string): string {
  return `arn:aws:lambda:${awsRegion}:${awsAccountId}:function:${functionName}`
}

/** `arn:aws:lambda:REGION:ACCOUNT:event-source-mapping:UUID` */
export function eventSourceMappingArn(uuid: string): string {
  return `arn:aws:lambda:${awsRegion}:${awsAccountId}:event-source-mapping:${uuid}`
}
