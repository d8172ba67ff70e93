#!/bin/sh
':' /*
# To the shell this is a script: it starts a prepared run (src/cli/prepared.ts) when there is one that belongs to this Node and this build and is
# newer than they and the system disk. To Node all this is a comment.
data=${STARLET_HOME:-${XDG_DATA_HOME:-$HOME/.local/share}/starlet}
prepared=$data/code/prepared-run
if [ "$1" = run ] && [ -f "$prepared" ] && [ -z "$NODE_OPTIONS" ] && { read -r node && read -r program && read -r flags; } 2>&- < "$prepared.for" &&
  [ "$node" -ef "$(command -v node)" ] && [ "$program" -ef "$0" ] &&
  [ "$prepared" -nt "$node" ] && [ "$prepared" -nt "$program" ] && [ "$prepared" -nt "$data/system.dsk" ]
then exec "$node" $flags --snapshot-blob "$prepared" "$0" "$@"
fi
exec node "$0" "$@"
*/;
/**
 * What bin/starlet is: runs bin/starlet.cjs, the whole program, with the code that V8 kept of an earlier run. A third of a short run goes into
 * compiling; the kept code lies in the data directory, belongs to this very build and this version of Node, and may be deleted at any time.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const program = join(dirname(fileURLToPath(import.meta.url)), 'starlet.cjs');
const source = readFileSync(program, 'utf8');
const directory = join(process.env['STARLET_HOME'] ?? join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'starlet'), 'code');
const { size, mtimeMs } = statSync(program);
const build = `${size}-${Math.round(mtimeMs)}-${process.version}-${process.arch}`;
/** Commands that are short enough to gain by it, each with the code that it calls. */
const keeps = process.argv[2] === 'run' || process.argv[2] === 'sda';
const kept = join(directory, `${build}-${keeps ? process.argv[2] : 'run'}`);

/** Undefined when there is none; V8 itself refuses what does not fit. */
function readKept() {
  try {
    return readFileSync(kept);
  } catch {
    return undefined;
  }
}

// Node's own warnings would fall into the middle of a terminal session.
process.removeAllListeners('warning');
const cachedData = readKept();
const script = new Script(`(function (require, module, exports, __filename, __dirname) {${source}\n})`, { filename: program, ...(cachedData ? { cachedData } : {}) });
// Nothing depends on it: when it cannot be written the next run compiles again.
if ((!cachedData || script.cachedDataRejected) && keeps) process.once('exit', keepCode);

function keepCode() {
  try {
    statSync(dirname(directory));
    mkdirSync(directory, { recursive: true });
    const unfinished = `${kept}.${process.pid}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, kept);
    for (const name of readdirSync(directory)) if (/^\d/.test(name) && !name.startsWith(build)) rmSync(join(directory, name), { force: true });
  } catch {
    // A read-only data directory, or none.
  }
}

/** What the program knows as `module`. Kept code cannot import() by itself: screens.js, beside this file, is loaded from here. */
const module = { exports: {}, import: (name) => import(name) };
script.runInThisContext()(createRequire(program), module, module.exports, program, dirname(program));
