/** npm run bench: bundles tools/bench.ts into memory and runs it, arguments and all. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { TEXT_EXTENSIONS } from './text-loader.mjs';

const { outputFiles } = await build({
  entryPoints: ['tools/bench.ts'], bundle: true, write: false, platform: 'node', format: 'esm', target: 'node20',
  loader: Object.fromEntries(TEXT_EXTENSIONS.map((extension) => [extension, 'text'])),
});
// From a file of its own, so that an error has a readable trace.
const directory = mkdtempSync(join(tmpdir(), 'starlet-bench-'));
const bundle = join(directory, 'bench.mjs');
writeFileSync(bundle, outputFiles[0].contents);
try {
  await import(pathToFileURL(bundle).href);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
