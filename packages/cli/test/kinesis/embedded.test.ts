import { describeKinesisClients } from './client-promises.ts'

describeKinesisClients('embedded', () => [])
