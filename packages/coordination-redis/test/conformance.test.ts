import { coordinationConformance } from '@millrace/function/conformance'
import { describeWithService, redis } from '@millrace/testing/services'
import { TestSystem } from './redis-under-test.ts'

describeWithService(redis, 'over Redis', ({ url }) => {
  coordinationConformance(
    'The coordination over Redis',
    async () => {
      const system = new TestSystem(url)
      return { open: () => system.open(), dispose: () => system[Symbol.asyncDispose]() }
    },
    { shared: true },
  )
})
