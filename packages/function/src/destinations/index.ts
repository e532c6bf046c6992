export { FileDestination } from './file-destination.ts'
export { HttpDestination, type HttpDestinationOptions } from './http-destination.ts'
export { StreamDestination } from './stream-destination.ts'
