/** npm run bench: bundles tools/bench.ts into memory and runs it, arguments and all. */
import { build } from 'esbuild';
import { TEXT_EXTENSIONS } from './text-loader.mjs';

const { outputFiles } = await build({
  entryPoints: ['tools/bench.ts'], bundle: true, write: false, platform: 'node', format: 'esm', target: 'node20',
  loader: Object.fromEntries(TEXT_EXTENSIONS.map((extension) => [extension, 'text'])),
});
await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
