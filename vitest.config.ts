import { defineConfig } from 'vitest/config';
import { boundConstants } from './tools/constants-loader.mjs';
import { textFiles } from './tools/text-loader.mjs';

export default defineConfig({
  plugins: [textFiles(), boundConstants()],
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
    // Files share their imports: no module keeps state that a test could see, and loading the whole system anew for each takes as long as the tests.
    isolate: false,
  },
});
