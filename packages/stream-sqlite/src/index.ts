export * from './open-sqlite-streams.ts'
export * from './data-directory/claim-data-directory.ts'
export { type DataDirectoryDescription, type DataDirectoryKind, readDataDirectory } from './data-directory/data-directory.ts'
export * from './data-directory/errors.ts'
