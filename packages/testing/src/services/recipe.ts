/** The services that there are. */
export const serviceNames = ['kafka', 'elasticsearch', 'redis', 'elasticsearch8'] as const
/** One of the services. */
export type ServiceName = (typeof serviceNames)[number]

/** Settings in the service's own words, as its configuration file or command line takes them. */
export type Settings = Readonly<Record<string, string>>

/** What an instance is to be. */
export interface InstancePlan {
  /** Ports of 127.0.0.1: the one for clients first. As many as the recipe's `ports`. */
  readonly ports: readonly number[]
  /** Where its data, configuration and log go; its own alone. */
  readonly directory: string
  /** Added to the recipe's settings, or instead of them. */
  readonly settings: Settings
  /** The Java heap in MiB, where there is one. */
  readonly heapMb?: number
}

/** How to run an instance as a process of this machine. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** How an instance runs as a container of `docker/compose.services.yaml`. */
export interface ContainerRecipe {
  /** The environment variable with the options of the image's Java. */
  readonly javaOptionsVariable?: string
  /** The settings as environment variables of the image, or as arguments to its command. */
  readonly override: (settings: Settings) => { readonly environment?: Settings; readonly command?: readonly string[] }
}

/** One service: how to get it, run it, ask whether it is there. `Address` is what a client of it needs. */
export interface Recipe<Address extends object> {
  readonly name: ServiceName
  readonly version: string
  /** The ports of the shared instance, the clients' first. */
  readonly ports: readonly number[]
  /** The environment variable that points at an instance that somebody else runs. */
  readonly testVariable: string
  /** The environment variable with another port for the shared instance. */
  readonly portVariable: string
  /** How long a start may take once the software is there. */
  readonly readyTimeoutMs: number
  readonly container: ContainerRecipe
  /** Whether `launch` runs Java itself, and so can have it record classes. */
  readonly recordsClasses: boolean
  /** Names the software: another name is installed anew. */
  softwareKey(): string
  /** Puts the software into an empty folder. */
  install(software: string, progress: (line: string) => void): Promise<void>
  /** Writes the configuration of an instance and says how to run it. */
  launch(plan: InstancePlan, software: string): Promise<Launch>
  /** The address of an instance on 127.0.0.1. */
  address(port: number): Address
  /** The address in `testVariable`. */
  parseAddress(text: string): Address
  /** Whether a service of this kind answers there. */
  answers(address: Address): Promise<boolean>
}
