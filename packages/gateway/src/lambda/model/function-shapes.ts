import { destinationConfig, functionName, namespacedFunctionName, paging, qualifier } from './common-shapes.ts'
import { integer, string, structure, type StructureShape } from '../../aws/shape.ts'

export const listFunctionsShape: StructureShape = structure({ ...paging, FunctionVersion: string({ enum: ['ALL'] }) })

/** What reads one function, or a setting of it. */
export const functionReferenceShape: StructureShape = structure({ FunctionName: namespacedFunctionName, Qualifier: qualifier }, [
  'FunctionName',
])

export const updateFunctionConfigurationShape: StructureShape = structure(
  {
    FunctionName: functionName,
    Description: string({ max: 256 }),
    Handler: string({ max: 128, pattern: String.raw`[^\s]+` }),
    // Lambda's model allows more, for kinds of functions that there are not here.
    Timeout: integer(1, 900),
    MemorySize: integer(128, 10_240),
    Environment: structure({
      Variables: { type: 'map', key: string({ pattern: String.raw`[a-zA-Z]([a-zA-Z0-9_])+` }), value: string() },
    }),
    DeadLetterConfig: structure({
      TargetArn: string({ max: 10_000, pattern: String.raw`(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()` }),
    }),
    RevisionId: string(),
  },
  ['FunctionName'],
  {
    Layers: 'Layers cannot be used: a function runs from its directory; put what it needs there.',
    FileSystemConfigs: 'FileSystemConfigs cannot be used: a function sees the file system of this machine.',
    ImageConfig: 'ImageConfig is for functions made of container images; functions here run from a directory.',
    CapacityProviderConfig: 'CapacityProviderConfig cannot be used: there are no capacity providers here.',
    DurableConfig: 'DurableConfig cannot be used: there are no durable functions here.',
  },
)

export const functionConcurrencyShape: StructureShape = structure(
  { FunctionName: functionName, ReservedConcurrentExecutions: integer(0) },
  ['FunctionName', 'ReservedConcurrentExecutions'],
)

const provisioned = {
  FunctionName: functionName,
  Qualifier: string({ min: 1, max: 128, pattern: String.raw`(|[a-zA-Z0-9$_-]+)` }),
} as const

export const provisionedConcurrencyShape: StructureShape = structure(provisioned, ['FunctionName', 'Qualifier'])

export const putProvisionedConcurrencyShape: StructureShape = structure({ ...provisioned, ProvisionedConcurrentExecutions: integer(1) }, [
  'FunctionName',
  'Qualifier',
  'ProvisionedConcurrentExecutions',
])

export const eventInvokeConfigShape: StructureShape = structure(
  {
    FunctionName: namespacedFunctionName,
    Qualifier: qualifier,
    MaximumRetryAttempts: integer(0, 2),
    MaximumEventAgeInSeconds: integer(60, 21_600),
    DestinationConfig: destinationConfig,
  },
  ['FunctionName'],
)

/** Lists of settings of one function: of one entry at most, as there is one version. */
export const functionListShape: StructureShape = structure({ FunctionName: functionName, MaxItems: integer(1, 50) }, ['FunctionName'])

/** Get and List of provisioned concurrency have one path: `List=ALL` tells them apart. */
export const getProvisionedConcurrencyShape: StructureShape = structure(
  { ...provisioned, List: string({ enum: ['ALL'] }), MaxItems: integer(1, 50) },
  ['FunctionName'],
)

export const accountSettingsShape: StructureShape = structure({})

/** What is asked of a function, list or not, and has one answer. */
export const functionVersionsShape: StructureShape = structure({ FunctionName: namespacedFunctionName, Qualifier: qualifier, ...paging }, [
  'FunctionName',
])

export const functionAliasShape: StructureShape = structure(
  { FunctionName: functionName, Name: string({ min: 1, max: 128, pattern: String.raw`(?!^[0-9]+$)([a-zA-Z0-9-_]+)` }) },
  ['FunctionName', 'Name'],
)

export const layersShape: StructureShape = structure({ ...paging })
