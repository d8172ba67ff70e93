import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BlockStore } from '../../src/filesystem/block-io.js';
import { readSystemFile } from '../../src/sysgen/system-disk.js';

/**
 * Work on a volume that the process may be killed in: creates, extends, renames and deletes by DCL and RMS, one after the other, each
 * acknowledged on standard output when it is done (a file, when its CLOSE has come back). What the volume must hold after so many
 * acknowledgements is known beforehand.
 */
const PROGRAM = join(fileURLToPath(new URL('../..', import.meta.url)), 'bin/starlet');

export interface Operation {
  readonly kind: 'create' | 'extend' | 'rename' | 'delete';
  readonly name: string;
  /** The name after a rename. */
  readonly newName?: string;
  readonly lines: readonly string[];
}

/** Numbers from 0 to below `limit`, the same for the same seed (xorshift). */
export function numbers(seed: number): (limit: number) => number {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

export function randomWork(seed: number, count: number): Operation[] {
  const random = numbers(seed);
  const names: string[] = [];
  return Array.from({ length: count }, (_unused, index): Operation => {
    const lines = Array.from({ length: 1 + random(60) }, (_line, number) => `${index}.${number} ${'abcdefghij'.repeat(1 + random(9)).slice(random(10))}`);
    const choice = random(10);
    const at = random(Math.max(1, names.length));
    const name = names[at];
    if (name === undefined || choice < 4) {
      const made = `FILE_WITH_A_LONG_NAME_${random(1000)}_${index}.DAT`;
      names.push(made);
      return { kind: 'create', name: made, lines };
    }
    if (choice < 7) return { kind: 'extend', name, lines };
    if (choice < 8) {
      const newName = `MOVED_${random(1000)}_${index}.TXT`;
      names[at] = newName;
      return { kind: 'rename', name, newName, lines: [] };
    }
    names.splice(at, 1);
    return { kind: 'delete', name, lines: [] };
  });
}

/** What the volume holds when the first `done` operations have happened: lines by file name. */
export function stateAfter(work: readonly Operation[], done: number): Map<string, readonly string[]> {
  const state = new Map<string, readonly string[]>();
  for (const { kind, name, newName, lines } of work.slice(0, done)) {
    const old = state.get(name) ?? [];
    if (kind === 'create' || kind === 'extend') state.set(name, [...old, ...lines]);
    else {
      state.delete(name);
      if (kind === 'rename') state.set(newName!, old);
    }
  }
  return state;
}

function procedureOf(work: readonly Operation[]): string {
  const commands = ['$ SET NOON', '$ MOUNT/NOASSIST DUA1: WORK', ...work.flatMap(({ kind, name, newName, lines }, index) => {
    const spec = `DUA1:[W]${name}`;
    const body = kind === 'rename' ? [`$ RENAME ${spec};1 ${newName};1`]
      : kind === 'delete' ? [`$ DELETE ${spec};1`]
      : [`$ OPEN/${kind === 'create' ? 'WRITE' : 'APPEND'} F ${spec}`, ...lines.map((line) => `$ WRITE F "${line}"`), '$ CLOSE F'];
    return [...body, `$ WRITE SYS$OUTPUT "DONE ${index + 1} ", $STATUS`];
  }), '$ WRITE SYS$OUTPUT "ALL DONE"'];
  return `${commands.join('\n')}\n`;
}

/** Runs a procedure until its end. @param volume  what is in DUA1:, '' for nothing @returns what it printed */
export async function runProcedure(directory: string, volume: string, lines: readonly string[], more: readonly string[] = []): Promise<string> {
  return (await start(directory, volume, `${lines.join('\n')}\n`, () => false, 0, more)).output;
}

/** Does the work to its end. */
export async function doWork(directory: string, volume: string, work: readonly Operation[]): Promise<void> {
  const { output } = await start(directory, volume, procedureOf(work), () => false);
  if (!output.includes('ALL DONE')) throw new Error(`the work itself failed: ${output.slice(0, 2000)}`);
}

/** Does the work and kills the process with SIGKILL after so many acknowledgements. @returns how many there were when it was dead */
export async function workUntilKilled(directory: string, volume: string, work: readonly Operation[], acknowledged: number, delayMs: number): Promise<number> {
  const { output } = await start(directory, volume, procedureOf(work), (text) => text.includes(`DONE ${acknowledged} `), delayMs);
  // A line that the kill has cut off says nothing.
  const done = [...output.matchAll(/DONE (\d+) %X([0-9A-F]{8})/g)];
  const failed = done.find((each) => Number.parseInt(each[2]!, 16) % 2 === 0);
  if (failed || (acknowledged > 0 && done.length === 0)) throw new Error(`the work itself failed: ${output.slice(0, 2000)}`);
  return done.length;
}

function start(directory: string, volume: string, procedure: string, kill: (output: string) => boolean, delayMs = 0, more: readonly string[] = []): Promise<{ output: string }> {
  const file = join(directory, 'work.com');
  writeFileSync(file, procedure);
  return new Promise((resolve, reject) => {
    const child = spawn('node', [PROGRAM, 'run', '--fast', ...(volume === '' ? [] : ['--unit', `DUA1=${volume}`]), ...more, file], {
      cwd: directory, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, STARLET_HOME: join(directory, 'home') },
    });
    let output = '';
    let isDoomed = false;
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString('latin1');
      if (isDoomed || !kill(output)) return;
      isDoomed = true;
      setTimeout(() => { child.kill('SIGKILL'); }, delayMs);
    });
    child.stderr.on('data', (data: Buffer) => { output += data.toString('latin1'); });
    child.on('error', reject);
    child.on('close', () => { resolve({ output }); });
  });
}

/** An image file as the blocks of a disk, in memory. */
export function imageBlocks(path: string): BlockStore {
  const bytes = readFileSync(path);
  return {
    blocks: bytes.length / 512,
    read: (lbn, count) => Uint8Array.from(bytes.subarray(lbn * 512, (lbn + count) * 512)),
    write: (lbn, data) => { bytes.set(data, lbn * 512); },
  };
}

/** Records of a file with variable length records; undefined when it is not there. */
export function linesOf(store: BlockStore, name: string): string[] | undefined {
  const bytes = readSystemFile(store, `[W]${name}`);
  return bytes && variableRecords(bytes);
}

/** Text records in the bytes of a file. */
export function variableRecords(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const length = bytes[at]! | (bytes[at + 1]! << 8);
    if (length === 0xffff) break;
    lines.push(Buffer.from(bytes.subarray(at + 2, at + 2 + length)).toString('latin1'));
    at += 2 + length + (length & 1);
  }
  return lines;
}

/** Operations that may be over and not acknowledged yet: what the job prints reaches standard output at the end of a slice of the machine's. */
const MOST_UNACKNOWLEDGED = 10;

/** How many operations the volume has seen to their end, of which `done` are acknowledged; `done` when no number explains what it holds. */
export function happened(store: BlockStore, work: readonly Operation[], done: number): number {
  for (let count = done; count <= Math.min(work.length, done + MOST_UNACKNOWLEDGED); count += 1) if (wrongAfter(store, work, count).length === 0) return count;
  return done;
}

/**
 * What is wrong with a volume after `done` operations. The file of the operation that was under way may be as before, as after, or, when
 * it was being written, in between.
 */
export function wrongAfter(store: BlockStore, work: readonly Operation[], done: number): string[] {
  const wrong: string[] = [];
  const underWay = work[done];
  for (const [name, lines] of stateAfter(work, done)) {
    const found = linesOf(store, name);
    if (name === underWay?.name) {
      const moved = underWay.newName === undefined ? undefined : linesOf(store, underWay.newName);
      if (underWay.kind === 'delete' && !found) continue;
      const kept = found ?? moved;
      if (!kept || kept.slice(0, lines.length).join('\n') !== lines.join('\n')) wrong.push(`${name}, under way (${underWay.kind}): ${kept ? 'damaged' : 'gone'}`);
    } else if (!found) wrong.push(`${name}: gone`);
    else if (found.join('\n') !== lines.join('\n')) wrong.push(`${name}: has ${found.length} lines and not the ${lines.length} it was closed with`);
  }
  return wrong;
}
