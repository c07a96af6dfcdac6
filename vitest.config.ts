import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/seedProperties.ts"],
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
});
