import { logIndexConformance } from '@millrace/log-index/conformance'
import { describeWithService, elasticsearch, elasticsearch8 } from '@millrace/testing/services'
import { inNamespace, testNamespace } from './elasticsearch-under-test.ts'

for (const [service, name] of [
  [elasticsearch, 'Elasticsearch 9'],
  [elasticsearch8, 'Elasticsearch 8'],
] as const) {
  describeWithService(service, name, ({ url }) => {
    logIndexConformance(name, () => emptyIndex(url), { documents: 'mapped' })
  })
}

async function emptyIndex(url: string) {
  const server = testNamespace(url)
  const open = async () => inNamespace(await server.open(), server.namespace)
  const subject = {
    index: await open(),
    refresh: () => server.refresh(),
    reopen: async (): Promise<void> => {
      await subject.index.close()
      subject.index = await open()
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await subject.index.close()
      await server[Symbol.asyncDispose]()
    },
  }
  return subject
}
