export * from './gateway.ts'
export * from './gateway-errors.ts'
export * from './gateway-options.ts'
export * from './gateway-services.ts'
