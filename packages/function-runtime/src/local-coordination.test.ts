import { coordinationConformance } from '@millrace/function/conformance'
import { createLocalCoordination } from './local-coordination.ts'

coordinationConformance(
  'The coordination of one process',
  async () => ({ open: async () => createLocalCoordination(), dispose: async () => {} }),
  { shared: false },
)
