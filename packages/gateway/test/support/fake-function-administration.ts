import {
  type AccountSettings,
  type EventInvokeSettings,
  type FunctionAdministration,
  functionArn,
  type FunctionConcurrency,
  type FunctionConfiguration,
  type FunctionDescription,
  type FunctionEventInvokeConfig,
  PreconditionFailedException,
  type ProvisionedConcurrencyConfig,
  ProvisionedConcurrencyConfigNotFoundException,
  ResourceNotFoundException,
  changedTags,
  type TagChange,
  type Tags,
  type UpdateFunctionConfigurationRequest,
} from '@millrace/function'

/** Functions that have settings and no code: `hello`, unless a test gives others. */
export class FakeFunctionAdministration implements FunctionAdministration {
  names: readonly string[] = ['hello']
  reserved: number | undefined
  provisioned: number | undefined
  eventInvoke: EventInvokeSettings | undefined
  settings: UpdateFunctionConfigurationRequest = {}

  ownTags: Tags = {}

  async tags(name: string): Promise<Tags> {
    this.#configuration(name)
    return this.ownTags
  }
  async changeTags(name: string, change: TagChange): Promise<void> {
    this.#configuration(name)
    this.ownTags = changedTags(this.ownTags, change)
  }
  async list(): Promise<readonly FunctionConfiguration[]> {
    return this.names.map((name) => this.#configuration(name))
  }
  async get(name: string): Promise<FunctionDescription> {
    return {
      Configuration: this.#configuration(name),
      Code: { RepositoryType: 'Directory', Location: 'file:///app' },
      ...(this.reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: this.reserved } }),
    }
  }
  async getConfiguration(name: string): Promise<FunctionConfiguration> {
    return this.#configuration(name)
  }
  async updateConfiguration(name: string, { RevisionId, ...settings }: UpdateFunctionConfigurationRequest): Promise<FunctionConfiguration> {
    if (RevisionId !== undefined && RevisionId !== 'r1') throw new PreconditionFailedException('The RevisionId is not the present one.')
    this.settings = settings
    return this.#configuration(name)
  }
  async putConcurrency(name: string, reserved: number): Promise<FunctionConcurrency> {
    this.#configuration(name)
    this.reserved = reserved
    return { ReservedConcurrentExecutions: reserved }
  }
  async getConcurrency(name: string): Promise<FunctionConcurrency> {
    this.#configuration(name)
    return this.reserved === undefined ? {} : { ReservedConcurrentExecutions: this.reserved }
  }
  async deleteConcurrency(name: string): Promise<void> {
    this.#configuration(name)
    this.reserved = undefined
  }
  async putProvisionedConcurrency(name: string, executions: number): Promise<ProvisionedConcurrencyConfig> {
    this.provisioned = executions
    return this.getProvisionedConcurrency(name)
  }
  async getProvisionedConcurrency(name: string): Promise<ProvisionedConcurrencyConfig> {
    this.#configuration(name)
    if (this.provisioned === undefined) {
      throw new ProvisionedConcurrencyConfigNotFoundException('No Provisioned Concurrency Config found for this function')
    }
    return {
      RequestedProvisionedConcurrentExecutions: this.provisioned,
      AllocatedProvisionedConcurrentExecutions: this.provisioned,
      AvailableProvisionedConcurrentExecutions: this.provisioned,
      Status: 'READY',
      LastModified: '2026-11-21T13:11:34+0000',
    }
  }
  async deleteProvisionedConcurrency(name: string): Promise<void> {
    this.#configuration(name)
    this.provisioned = undefined
  }
  async putEventInvokeConfig(name: string, settings: EventInvokeSettings): Promise<FunctionEventInvokeConfig> {
    this.eventInvoke = settings
    return this.getEventInvokeConfig(name)
  }
  async updateEventInvokeConfig(name: string, settings: EventInvokeSettings): Promise<FunctionEventInvokeConfig> {
    await this.getEventInvokeConfig(name)
    this.eventInvoke = { ...this.eventInvoke, ...settings }
    return this.getEventInvokeConfig(name)
  }
  async getEventInvokeConfig(name: string): Promise<FunctionEventInvokeConfig> {
    this.#configuration(name)
    if (this.eventInvoke === undefined) throw new ResourceNotFoundException(`The function ${name} doesn't have an EventInvokeConfig`)
    return { ...this.eventInvoke, FunctionArn: `${functionArn(name)}:$LATEST`, LastModified: 1_700_000_000 }
  }
  async deleteEventInvokeConfig(name: string): Promise<void> {
    await this.getEventInvokeConfig(name)
    this.eventInvoke = undefined
  }
  async accountSettings(): Promise<AccountSettings> {
    const code = { TotalCodeSize: 1, CodeSizeUnzipped: 1, CodeSizeZipped: 1 }
    return {
      AccountLimit: { ...code, ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 - (this.reserved ?? 0) },
      AccountUsage: { TotalCodeSize: 0, FunctionCount: this.names.length },
    }
  }

  #configuration(name: string): FunctionConfiguration {
    if (!this.names.includes(name)) throw new ResourceNotFoundException(`Function not found: ${functionArn(name)}`)
    return {
      FunctionName: name,
      FunctionArn: functionArn(name),
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::000000000000:role/millrace',
      Handler: 'app.handler',
      CodeSize: 10,
      Description: this.settings.Description ?? '',
      Timeout: this.settings.Timeout ?? 3,
      MemorySize: this.settings.MemorySize ?? 128,
      LastModified: '2026-11-21T13:11:34.000+0000',
      CodeSha256: 'abc',
      Version: '$LATEST',
      RevisionId: 'r1',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      PackageType: 'Zip',
      Architectures: ['x86_64'],
    }
  }
}
