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

function* setDensity(p: Procedure, tape: TapeChannel, density: string): Flow<number> {
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

/** /SKIP=(option): BLOCK and RECORD pass records, FILES tape marks, END_OF_TAPE goes between the two marks. */
function* skip(p: Procedure, tape: TapeChannel): Flow<number> {
  for (const [option, func] of [['BLOCK', IO$_SKIPRECORD], ['RECORD', IO$_SKIPRECORD], ['FILES', IO$_SKIPFILE]] as const) {
    const value = yield* cliGetValue(p, `SKIP.${option}`);
    if (value === undefined) continue;
    const status = yield* tape.io(func, Number(value) & 0xffff);
    if (!(status & 1)) return status;
  }
  if (!(yield* cliIsPresent(p, 'SKIP.END_OF_TAPE'))) return SS$_NORMAL;
  const status = yield* tape.io(IO$_SKIPFILE, ALL_FILES);
  return status === SS$_ENDOFVOLUME ? SS$_NORMAL : status;
}

export function* setMagtape(p: Procedure): Flow<number> {
  const typed = (yield* cliGetValue(p, 'DEVICE'))!.toUpperCase();
  const device = typed.includes(':') ? typed : `${typed}:`;
  const tape = yield* TapeChannel.open(p, device);
  const failed = (status: number): Flow<number> => report(p, { code: messageCode('SET$_NOTSETW'), args: [device] }, { code: status });
  if (typeof tape === 'number') return yield* failed(tape);
  let status: number = SS$_NORMAL;
  const density = yield* cliGetValue(p, 'DENSITY');
  if (density !== undefined) status = yield* setDensity(p, tape, density);
  if ((status & 1) !== 0 && (yield* cliIsPresent(p, 'REWIND'))) status = yield* tape.io(IO$_REWIND);
  if ((status & 1) !== 0) status = yield* skip(p, tape);
  if ((status & 1) !== 0 && (yield* cliIsPresent(p, 'END_OF_FILE'))) status = yield* tape.io(IO$_WRITEOF);
  if ((status & 1) !== 0 && (yield* cliIsPresent(p, 'UNLOAD'))) status = yield* tape.io(IO$_UNLOAD);
  yield* tape.close();
  return status & 1 ? SS$_NORMAL : yield* failed(status);
}
