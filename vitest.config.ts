import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/seedProperties.ts"],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    // By itself it leaves one core idle, which is half of a small machine; the tests wait for child processes anyway.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
