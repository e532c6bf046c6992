import { defineConfig } from 'vitest/config'
import { CountReporter } from './packages/testing/src/count-reporter.ts'

// Tests run on the sources, across the workspace links, as Node itself would load them.
export default defineConfig({
  test: {
    reporters: ['default', new CountReporter()],
    projects: [
      { test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'benchmarks/**/*.test.ts'], testTimeout: 10_000 } },
      {
        test: {
          name: 'integration',
          include: ['packages/*/test/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
