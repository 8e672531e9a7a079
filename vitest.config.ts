import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/seed.ts'],
    // Tests that start the command or a terminal share two cores with everything else.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A loaded machine gets a second try, which .ci/run reports by name.
    retry: process.env.CI ? 1 : 0,
    // Most tests wait for a process they have started: one more worker than cores would leave idle.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      reporter: ['text-summary', 'html'],
    },
  },
});
