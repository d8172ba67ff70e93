import { cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import { callRoutine, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { findUnit } from '../executive/io/device-names.js';
import { EXE$IPID_TO_EPID } from '../executive/process/pid.js';
import { JPI$_PRCNAM } from '../executive/starlet/jpidef.js';
import { SS$_ACCVIO, SS$_BUFFEROVF, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { readText } from '../executive/structures/memory.js';
import { UCB } from '../executive/structures/ucb.js';
import { FCB, VCB, WCB } from '../executive/structures/volume.js';
import { nameById } from '../filesystem/file-by-id.js';
import { fileIdAt } from '../filesystem/file-id.js';
import { programRegion } from './files.js';
import type { Output } from './output.js';
import { getProcess, timeText } from './process-information.js';

/** SHOW DEVICES/FILES: who has which file of a volume open, from the file and window control blocks. @source dcl-output-formats.md, SHOW DEVICES */
const USER = 3;
/** A window: file ID, a word with its size in bytes, EPID of the accessor (0: the system). */
const ENTRY = 12;

/**
 * Kernel mode, by $CMKRNL. Arguments: buffer, its size; length and address of the unit's name. The buffer receives a longword, how many windows there
 * are, and an entry for each. A unit that is not mounted has none.
 *
 * @returns SS$_NORMAL; SS$_BUFFEROVF; SS$_ACCVIO
 */
export const windowsOf = callRoutine('SHOW$WINDOWS', (k) => {
  const [buffer, size] = [k.argument(1), k.argument(2)];
  if (!k.cpu.probe(buffer, size, USER, true)) return SS$_ACCVIO;
  const ucb = findUnit(k, readText(k, k.argument(4), k.argument(3)));
  const vcb = ucb === 0 ? 0 : UCB.at(k, ucb).UCB$L_VCB;
  let count = 0;
  if (vcb !== 0) {
    for (const fcb of k.queueEntries(vcb + VCB.offset.VCB$L_FCBFL)) {
      for (const window of k.queueEntries(fcb + FCB.offset.FCB$L_WLFL)) {
        const at = buffer + 4 + ENTRY * count;
        if (at + ENTRY > buffer + size) return SS$_BUFFEROVF;
        const wcb = WCB.at(k, window);
        k.writeBytes(at, FCB.at(k, fcb).FCB$T_FID);
        k.writeWord(at + 6, wcb.WCB$W_SIZE);
        const shared = wcb.WCB$V_SHRWCB !== 0 || wcb.WCB$L_PID === 0;
        k.writeLong(at + 8, shared ? 0 : EXE$IPID_TO_EPID(k, wcb.WCB$L_PID));
        count += 1;
      }
    }
  }
  k.writeLong(buffer, count);
  return SS$_NORMAL;
});

interface OpenFile {
  readonly process: string;
  readonly pid: number;
  readonly spec: string;
  /** Bytes of its window. */
  readonly windowSize: number;
}

function* openFiles(p: Procedure, routine: number, device: string): Flow<OpenFile[] | number> {
  for (let size = 4096; ; size *= 4) {
    const buffer = yield* programRegion(p, size);
    const status = yield* p.scratch(function* () {
      const list = p.allocate(20);
      [4, buffer, size, device.length, p.bytes(Uint8Array.from(device, (letter) => letter.charCodeAt(0)))]
        .forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
      return yield* service(p, '$CMKRNL', { routin: routine, arglst: list });
    });
    if (status === SS$_BUFFEROVF) continue;
    if (!(status & 1)) return status;
    const files: OpenFile[] = [];
    const count = p.memory.readLong(buffer);
    for (let at = buffer + 4; at < buffer + 4 + ENTRY * count; at += ENTRY) {
      const entry = p.memory.readBytes(at, ENTRY);
      const pid = p.memory.readLong(at + 8);
      const named = yield* nameById(p, `${device}:`, fileIdAt(entry));
      // What the name of a file is need not be for everybody to know.
      files.push({ pid, windowSize: p.memory.readWord(at + 6), process: yield* processName(p, pid), spec: named.status & 1 ? named.spec.replace(/^[^:]*:/, '') : 'No privilege for attempted operation' });
    }
    return files.sort((a, b) => a.pid - b.pid);
  }
}

function* processName(p: Procedure, pid: number): Flow<string> {
  if (pid === 0) return '';
  return yield* p.scratch(function* () {
    const address = p.allocate(4);
    p.memory.writeLong(address, pid);
    return (yield* getProcess(p, address, { name: { code: JPI$_PRCNAM, kind: 'text' } })).values.name;
  });
}

/**
 * The files of one disk, with /WINDOWS how many windows each has and their bytes (choice of the columns): /SYSTEM those of the system only, /NOSYSTEM the others. `wanted` is which of them.
 */
export function* showFiles(p: Procedure, output: Output, routine: number, device: string, wanted: 'all' | 'system' | 'users', showsWindows: boolean): Flow<number> {
  const files = yield* openFiles(p, routine, device.replace(/:$/, ''));
  if (typeof files === 'number') return files;
  yield* output.line();
  yield* output.line(`Files accessed on device ${device} on ${(yield* timeText(p)).trimStart()}`);
  yield* output.line();
  yield* output.line(`Process name      PID     ${showsWindows ? 'Windows   Size  ' : ''}File name`);
  const shown = files.filter(({ pid }) => wanted === 'all' || (wanted === 'system') === (pid === 0));
  const place = ({ process, pid }: OpenFile): string => `${process.padEnd(16)}${pid.toString(16).toUpperCase().padStart(8, '0')}  `;
  if (!showsWindows) for (const file of shown) yield* output.line(`${place(file)}${file.spec}`);
  else {
    const first = shown.filter((file, index) => shown.findIndex(({ pid, spec }) => pid === file.pid && spec === file.spec) === index);
    for (const file of first) {
      const windows = shown.filter(({ pid, spec }) => pid === file.pid && spec === file.spec);
      const bytes = windows.reduce((sum, { windowSize }) => sum + windowSize, 0);
      yield* output.line(`${place(file)}${String(windows.length).padStart(7)}${String(bytes).padStart(7)}  ${file.spec}`);
    }
  }
  return SS$_NORMAL;
}

/** Which files /[NO]SYSTEM wants. */
export function* filesWanted(p: Procedure): Flow<'all' | 'system' | 'users'> {
  if (yield* cliIsPresent(p, 'SYSTEM')) return 'system';
  return (yield* cliIsNegated(p, 'SYSTEM')) ? 'users' : 'all';
}
