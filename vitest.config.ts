import { defineConfig } from "vitest/config";

// Unit tests: in Node, beside the code. What needs a browser lies in e2e/ and is Playwright's.
export default defineConfig({
  test: {
    include: [
      "engine/**/*.test.ts",
      "app/**/*.test.{ts,tsx}",
      "tools/**/*.test.ts",
      "guests/**/*.test.ts",
      "bench/**/*.test.ts",
    ],
    environment: "node",
    testTimeout: 60_000,
    // Two cores are the machine this project is made for.
    maxWorkers: 2,
  },
});
