/** Bundles src/cli/main.ts and everything it needs into the one file bin/starlet. */
import { build } from 'esbuild';
import { chmod, mkdir } from 'node:fs/promises';
import { TEXT_EXTENSIONS } from './text-loader.mjs';

await mkdir('bin', { recursive: true });
await build({
  entryPoints: ['src/cli/main.ts'],
  outfile: 'bin/starlet',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  banner: { js: '#!/usr/bin/env node\nimport { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  loader: Object.fromEntries(TEXT_EXTENSIONS.map((extension) => [extension, 'text'])),
});
await chmod('bin/starlet', 0o755);
