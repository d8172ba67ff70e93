/** Bundles src/cli/main.ts and everything it needs into the one file bin/starlet. */
import { build } from 'esbuild';
import { chmod, mkdir, rename } from 'node:fs/promises';
import { TEXT_EXTENSIONS } from './text-loader.mjs';

// Under another name first: whoever starts bin/starlet meanwhile, as tests side by side do, finds a whole one.
const unfinished = `bin/starlet.${process.pid}`;
await mkdir('bin', { recursive: true });
await build({
  entryPoints: ['src/cli/main.ts'],
  outfile: unfinished,
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
await chmod(unfinished, 0o755);
await rename(unfinished, 'bin/starlet');
