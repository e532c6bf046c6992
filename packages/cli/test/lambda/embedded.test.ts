import { describeLambdaClients } from './client-promises.ts'

describeLambdaClients('embedded', () => [])
