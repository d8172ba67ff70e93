import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { IO$_REWIND, IO$_SENSEMODE, IO$_SETMODE, IO$_SKIPFILE, IO$_SKIPRECORD, IO$_UNLOAD, IO$_WRITEOF } from '../executive/starlet/iodef.js';
import { MT$K_GCR_6250, MT$K_NRZI_800, MT$K_PE_1600, MT$M_DENSITY, MT$V_DENSITY } from '../executive/starlet/mtdef.js';
import { SS$_BADPARAM, SS$_ENDOFVOLUME, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { messageCode, report } from './messages.js';
import { TapeChannel } from './tape-channel.js';

/** SET MAGTAPE device: density, moving the tape, writing a tape mark. @source DCL Dictionary, SET MAGTAPE */
const DENSITIES: Readonly<Record<string, number>> = { 800: MT$K_NRZI_800, 1600: MT$K_PE_1600, 6250: MT$K_GCR_6250 };
/** Files to skip for the end of the tape: its two marks stop it. */
const ALL_FILES = 0x7fff;

/** Density in bits an inch. @returns status; SS$_BADPARAM for one that no drive has */
export function* setDensity(p: Procedure, tape: TapeChannel, density: string): Flow<number> {
  const code = DENSITIES[density];
  if (code === undefined) return SS$_BADPARAM;
  return yield* p.scratch(function* () {
    const mode = p.allocate(8);
    const sensed = yield* tape.io(IO$_SENSEMODE, mode);
    if (!(sensed & 1)) return sensed;
    p.memory.writeLong(mode + 4, ((p.memory.readLong(mode + 4) & ~MT$M_DENSITY) | (code << MT$V_DENSITY)) >>> 0);
    return yield* tape.io(IO$_SETMODE, mode);
  });
}

/** What the command asks for: all of it is read before anything is done. */
interface Wanted {
  readonly density: string | undefined;
  readonly rewinds: boolean;
  /** Function and count. */
  readonly skips: readonly (readonly [number, number])[];
  readonly toEnd: boolean;
  readonly marks: boolean;
  readonly unloads: boolean;
}

/** /SKIP=(option): BLOCK and RECORD pass records, FILES tape marks, END_OF_TAPE goes between the two marks. */
function* qualifiers(p: Procedure): Flow<Wanted> {
  const skips: [number, number][] = [];
  for (const [option, func] of [['BLOCK', IO$_SKIPRECORD], ['RECORD', IO$_SKIPRECORD], ['FILES', IO$_SKIPFILE]] as const) {
    const value = yield* cliGetValue(p, `SKIP.${option}`);
    if (value !== undefined) skips.push([func, Number(value) & 0xffff]);
  }
  return {
    density: yield* cliGetValue(p, 'DENSITY'), rewinds: yield* cliIsPresent(p, 'REWIND'), skips, toEnd: yield* cliIsPresent(p, 'SKIP.END_OF_TAPE'),
    marks: yield* cliIsPresent(p, 'END_OF_FILE'), unloads: yield* cliIsPresent(p, 'UNLOAD'),
  };
}

function* perform(p: Procedure, tape: TapeChannel, wanted: Wanted): Flow<number> {
  let status: number = wanted.density === undefined ? SS$_NORMAL : yield* setDensity(p, tape, wanted.density);
  if ((status & 1) !== 0 && wanted.rewinds) status = yield* tape.io(IO$_REWIND);
  for (const [func, count] of wanted.skips) if ((status & 1) !== 0) status = yield* tape.io(func, count);
  if ((status & 1) !== 0 && wanted.toEnd) {
    status = yield* tape.io(IO$_SKIPFILE, ALL_FILES);
    if (status === SS$_ENDOFVOLUME) status = SS$_NORMAL;
  }
  if ((status & 1) !== 0 && wanted.marks) status = yield* tape.io(IO$_WRITEOF);
  if ((status & 1) !== 0 && wanted.unloads) status = yield* tape.io(IO$_UNLOAD);
  return status;
}

export function* setMagtape(p: Procedure): Flow<number> {
  const typed = (yield* cliGetValue(p, 'DEVICE'))!.toUpperCase();
  const device = typed.includes(':') ? typed : `${typed}:`;
  const wanted = yield* qualifiers(p);
  const tape = yield* TapeChannel.open(p, device);
  const failed = (status: number): Flow<number> => report(p, { code: messageCode('SET$_NOTSETW'), args: [device] }, { code: status });
  if (typeof tape === 'number') return yield* failed(tape);
  const status = yield* perform(p, tape, wanted);
  yield* tape.close();
  return status & 1 ? SS$_NORMAL : yield* failed(status);
}
