/**
 * Bundles src/cli/main.ts and everything it needs into bin/starlet, and the full-screen displays, with Ink and React, into bin/screens.js beside it:
 * only who asks for a screen waits for them to load.
 */
import { build } from 'esbuild';
import { chmod, copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { TEXT_EXTENSIONS } from './text-loader.mjs';

// Under other names first: whoever starts bin/starlet meanwhile, as tests side by side do, finds whole files.
const unfinished = (name) => `bin/${name}.${process.pid}`;
const COMMON = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Another name for every build: what is kept of one is nothing to the next.
  define: { STARLET_BUILD: JSON.stringify(`${Date.now().toString(36)}${process.pid.toString(36)}`) },
  loader: Object.fromEntries(TEXT_EXTENSIONS.map((extension) => [extension, 'text'])),
};
const REQUIRE = 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/** The screens stay out of bin/starlet. */
const screensBeside = {
  name: 'screens',
  setup(builder) {
    builder.onResolve({ filter: /\/screens\/index\.js$/ }, () => ({ path: './screens.js', external: true }));
  },
};

/** Ink asks for React's developer tools when DEV is true; nobody does that here. */
const withoutDevtools = {
  name: 'without-devtools',
  setup(builder) {
    builder.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'none' }));
    builder.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export default { initialize() {}, connectToDevTools() {} };' }));
  },
};

await mkdir('bin', { recursive: true });
// CommonJS and not a module: V8 keeps compiled code of scripts only (tools/launcher.mjs), and snapshots of nothing else (src/cli/prepared.ts).
await build({ ...COMMON, format: 'cjs', entryPoints: ['src/cli/main.ts'], outfile: unfinished('starlet.cjs'), plugins: [screensBeside] });
// import() fails in a script that was compiled before and kept: the launcher, a module, does it instead.
const bundled = await readFile(unfinished('starlet.cjs'), 'utf8');
await writeFile(unfinished('starlet.cjs'), bundled.replaceAll('import("./screens.js")', 'module.import("./screens.js")'));
await copyFile('tools/launcher.mjs', unfinished('starlet'));
await build({
  ...COMMON, entryPoints: ['src/console/screens/index.ts'], outfile: unfinished('screens.js'), banner: { js: REQUIRE }, plugins: [withoutDevtools],
  define: { 'process.env.NODE_ENV': '"production"' }, minifyIdentifiers: true,
});
await chmod(unfinished('starlet'), 0o755);
await rename(unfinished('screens.js'), 'bin/screens.js');
await rename(unfinished('starlet.cjs'), 'bin/starlet.cjs');
await rename(unfinished('starlet'), 'bin/starlet');
