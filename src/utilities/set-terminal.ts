import { cliGetValue, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import * as DC from '../executive/starlet/dcdef.js';
import { DVI$_DEVCLASS, DVI$_DEVNAM } from '../executive/starlet/dvidef.js';
import { IO$_SENSECHAR, IO$_SENSEMODE, IO$_SETCHAR, IO$_SETMODE } from '../executive/starlet/iodef.js';
import { SS$_IVDEVNAM, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import * as T1 from '../executive/starlet/ttdef.js';
import * as T2 from '../executive/starlet/tt2def.js';
import { messageCode, report } from './messages.js';
import { getDevice } from './process-information.js';

/** SET TERMINAL [device]: characteristics through IO$_SETMODE. @source DCL Dictionary, SET TERMINAL; dcl-commands.md */
interface Characteristic {
  readonly qualifier: string;
  readonly longword: 1 | 2;
  readonly bit: number;
  /** The bit says the opposite of the qualifier. */
  readonly inverted?: boolean;
}

const two = (qualifier: string, bit: number): Characteristic => ({ qualifier, longword: 2, bit });

/** Those that the driver acts on, and those that only tell programs what the terminal can do. Speed, parity, half duplex and the like have no use here. */
const CHARACTERISTICS: readonly Characteristic[] = [
  { qualifier: 'BROADCAST', longword: 1, bit: T1.TT$V_NOBRDCST, inverted: true }, { qualifier: 'ECHO', longword: 1, bit: T1.TT$V_NOECHO, inverted: true },
  { qualifier: 'EIGHT_BIT', longword: 1, bit: T1.TT$V_EIGHTBIT }, { qualifier: 'INSERT', longword: 2, bit: T2.TT2$V_INSERT },
  { qualifier: 'LINE_EDITING', longword: 2, bit: T2.TT2$V_EDITING }, { qualifier: 'LOWERCASE', longword: 1, bit: T1.TT$V_LOWER },
  { qualifier: 'OVERSTRIKE', longword: 2, bit: T2.TT2$V_INSERT, inverted: true }, { qualifier: 'SCOPE', longword: 1, bit: T1.TT$V_SCOPE },
  { qualifier: 'TAB', longword: 1, bit: T1.TT$V_MECHTAB }, { qualifier: 'TYPE_AHEAD', longword: 1, bit: T1.TT$V_NOTYPEAHD, inverted: true },
  { qualifier: 'UPPERCASE', longword: 1, bit: T1.TT$V_LOWER, inverted: true }, { qualifier: 'WRAP', longword: 1, bit: T1.TT$V_WRAP },
  { qualifier: 'ESCAPE', longword: 1, bit: T1.TT$V_ESCAPE }, { qualifier: 'FORM', longword: 1, bit: T1.TT$V_MECHFORM },
  { qualifier: 'HARDCOPY', longword: 1, bit: T1.TT$V_SCOPE, inverted: true }, { qualifier: 'HOSTSYNC', longword: 1, bit: T1.TT$V_HOSTSYNC },
  { qualifier: 'MODEM', longword: 1, bit: T1.TT$V_MODEM }, { qualifier: 'TTSYNC', longword: 1, bit: T1.TT$V_TTSYNC },
  two('ADVANCED_VIDEO', T2.TT2$V_AVO), two('ANSI_CRT', T2.TT2$V_ANSICRT), two('APPLICATION_KEYPAD', T2.TT2$V_APP_KEYPAD), two('BLOCK_MODE', T2.TT2$V_BLOCK),
  two('BRDCSTMBX', T2.TT2$V_BRDCSTMBX), two('DEC_CRT', T2.TT2$V_DECCRT), two('DIALUP', T2.TT2$V_DIALUP), two('EDIT_MODE', T2.TT2$V_EDIT),
  two('HANGUP', T2.TT2$V_HANGUP), two('PASTHRU', T2.TT2$V_PASTHRU), two('PRINTER_PORT', T2.TT2$V_PRINTER), two('REGIS', T2.TT2$V_REGIS),
  two('SIXEL_GRAPHICS', T2.TT2$V_SIXEL), two('SOFT_CHARACTERS', T2.TT2$V_DRCS), { ...two('NUMERIC_KEYPAD', T2.TT2$V_APP_KEYPAD), inverted: true },
];

const MOST_COLUMNS = 511;
const MOST_LINES = 255;

/** Code of a terminal type by its name; undefined when there is none. */
function typeCode(name: string): number | undefined {
  const wanted = name.toUpperCase() === 'UNKNOWN' ? 'TTYUNKN' : name.toUpperCase();
  const found = Object.entries(DC).find(([constant]) => /^DT\$_(VT|LA|FT|LQP|VK|TTYUNKN)/.test(constant) && constant.slice(4) === wanted);
  return typeof found?.[1] === 'number' ? found[1] : undefined;
}

/** The bits that qualifiers change in one of the two longwords. */
function* changed(p: Procedure, longword: 1 | 2, before: number): Flow<number> {
  let value = before;
  for (const { qualifier, bit, inverted, longword: where } of CHARACTERISTICS) {
    const negated = yield* cliIsNegated(p, qualifier);
    if (!negated && !(yield* cliIsPresent(p, qualifier))) continue;
    if (where !== longword) continue;
    const mask = (1 << bit) >>> 0;
    value = (negated !== (inverted === true) ? value & ~mask : value | mask) >>> 0;
  }
  return value;
}

interface Wanted {
  readonly width: number | undefined;
  readonly page: number | undefined;
  readonly type: number | undefined;
}

/** Reads the mode, changes it, and writes it back: what holds until the terminal is nobody's, or with /PERMANENT also what holds then. @returns status of the driver */
function* setMode(p: Procedure, device: string, wanted: Wanted): Flow<number> {
  const permanent = yield* cliIsPresent(p, 'PERMANENT');
  return yield* p.scratch(function* () {
    const channel = p.allocate(4);
    const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
    if (!(assigned & 1)) return assigned;
    const chan = p.memory.readWord(channel);
    const mode = p.allocate(12);
    const iosb = p.allocate(8);
    const io = function* (func: number): Flow<number> {
      const queued = yield* service(p, '$QIOW', { efn: 1, chan, func, iosb, p1: mode, p2: 12 });
      return queued & 1 ? p.memory.readWord(iosb) : queued;
    };
    let status: number = SS$_NORMAL;
    for (const [sense, set] of permanent ? [[IO$_SENSECHAR, IO$_SETCHAR], [IO$_SENSEMODE, IO$_SETMODE]] as const : [[IO$_SENSEMODE, IO$_SETMODE]] as const) {
      status = yield* io(sense);
      if (!(status & 1)) break;
      if (wanted.type !== undefined) p.memory.writeByte(mode + 1, wanted.type);
      if (wanted.width !== undefined) p.memory.writeWord(mode + 2, wanted.width);
      p.memory.writeLong(mode + 4, yield* changed(p, 1, p.memory.readLong(mode + 4)));
      if (wanted.page !== undefined) p.memory.writeByte(mode + 7, wanted.page);
      p.memory.writeLong(mode + 8, yield* changed(p, 2, p.memory.readLong(mode + 8)));
      status = yield* io(set);
      if (!(status & 1)) break;
    }
    yield* service(p, '$DASSGN', { chan });
    return status;
  });
}

export function* setTerminal(p: Procedure): Flow<number> {
  const device = (yield* cliGetValue(p, 'DEVICE')) ?? 'SYS$COMMAND';
  const number = function* (name: string, most: number): Flow<number | undefined> {
    const value = yield* cliGetValue(p, name);
    return value === undefined ? undefined : Math.min(most, Math.max(0, Number(value)));
  };
  const named = yield* cliGetValue(p, 'DEVICE_TYPE');
  const type = named === undefined ? undefined : typeCode(named);
  const wanted: Wanted = { width: yield* number('WIDTH', MOST_COLUMNS), page: yield* number('PAGE', MOST_LINES), type };
  const { status, values } = yield* getDevice(p, device, { kindOf: { code: DVI$_DEVCLASS, kind: 'long' }, name: { code: DVI$_DEVNAM, kind: 'text' } } as const);
  const name = (status & 1) !== 0 ? values.name.replace(/^_/, '') : device;
  const failed = (status & 1) === 0 ? status : values.kindOf === DC.DC$_TERM ? SS$_NORMAL : SS$_IVDEVNAM;
  if (named !== undefined && type === undefined) return yield* report(p, { code: messageCode('SET$_NOTSETW'), args: [name] }, { code: messageCode('SET$_UNKTERM') });
  const done = failed & 1 ? yield* setMode(p, values.name, wanted) : failed;
  return done & 1 ? SS$_NORMAL : yield* report(p, { code: messageCode('SET$_NOTSETW'), args: [name] }, { code: done });
}
