import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { DC$_TERM } from '../executive/starlet/dcdef.js';
import { DVI$_DEVCLASS, DVI$_DEVNAM } from '../executive/starlet/dvidef.js';
import { IO$_SENSECHAR, IO$_SENSEMODE, IO$_SETCHAR, IO$_SETMODE } from '../executive/starlet/iodef.js';
import { SS$_BADPARAM, SS$_IVDEVNAM, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import * as T1 from '../executive/starlet/ttdef.js';
import * as T2 from '../executive/starlet/tt2def.js';
import { ArrayMemory } from '../executive/structures/memory.js';
import { messageCode, report } from './messages.js';
import { getDevice } from './process-information.js';
import { Screen } from './screen.js';
import { terminalMode } from './terminal-mode.js';
import { asType, speedCode, TERMINAL_TYPE_NAMES, terminalType, typeOfAnswer } from './terminal-types.js';

/** SET TERMINAL [device]: characteristics through IO$_SETMODE. @source DCL Dictionary, SET TERMINAL; dcl-commands.md */
interface Characteristic {
  readonly qualifier: string;
  readonly longword: 1 | 2;
  readonly bit: number;
  /** The bit says the opposite of the qualifier. */
  readonly inverted?: boolean;
}

const two = (qualifier: string, bit: number): Characteristic => ({ qualifier, longword: 2, bit });

/** Those that the driver acts on, and those that only tell programs what the terminal can do. */
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
  two('SIXEL_GRAPHICS', T2.TT2$V_SIXEL), two('AUTOBAUD', T2.TT2$V_AUTOBAUD), two('DISCONNECT', T2.TT2$V_DISCONNECT), two('DMA', T2.TT2$V_DMA), two('FALLBACK', T2.TT2$V_FALLBACK),
  two('LOCAL_ECHO', T2.TT2$V_LOCALECHO), two('SECURE_SERVER', T2.TT2$V_SECURE), two('SET_SPEED', T2.TT2$V_SETSPEED), two('SYSPASSWORD', T2.TT2$V_SYSPWD),
  { qualifier: 'FULLDUP', longword: 1, bit: T1.TT$V_HALFDUP, inverted: true }, { qualifier: 'HALFDUP', longword: 1, bit: T1.TT$V_HALFDUP }, { qualifier: 'READSYNC', longword: 1, bit: T1.TT$V_READSYNC },
  two('SOFT_CHARACTERS', T2.TT2$V_DRCS), { ...two('NUMERIC_KEYPAD', T2.TT2$V_APP_KEYPAD), inverted: true },
];

const MOST_COLUMNS = 511;
const MOST_LINES = 255;

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
  readonly type: ReturnType<typeof terminalType>;
  /** P3 to P5 of the set mode function. */
  readonly line: readonly [speed: number, fill: number, parity: number];
}

/** Reads the mode, changes it, and writes it back: what holds until the terminal is nobody's, or with /PERMANENT also what holds then. @returns status of the driver */
function* setMode(p: Procedure, device: string, wanted: Wanted): Flow<number> {
  const permanent = yield* cliIsPresent(p, 'PERMANENT');
  let status: number = SS$_NORMAL;
  for (const [sense, set] of permanent ? [[IO$_SENSECHAR, IO$_SETCHAR], [IO$_SENSEMODE, IO$_SETMODE]] as const : [[IO$_SENSEMODE, IO$_SETMODE]] as const) {
    const before = yield* terminalMode(p, device, sense, new Uint8Array(12));
    if (!(before.status & 1)) return before.status;
    const mode = new ArrayMemory(before.bytes);
    const old = { first: mode.readLong(4), second: mode.readLong(8) };
    const { first, second } = wanted.type ? asType(wanted.type, old) : old;
    if (wanted.type) mode.writeByte(1, wanted.type.code);
    if (wanted.width !== undefined) mode.writeWord(2, wanted.width);
    mode.writeLong(4, yield* changed(p, 1, first));
    if (wanted.page !== undefined) mode.writeByte(7, wanted.page);
    mode.writeLong(8, yield* changed(p, 2, second));
    status = (yield* terminalMode(p, device, set, before.bytes, wanted.line)).status;
    if (!(status & 1)) return status;
  }
  return status;
}

const ESC = '\x1b';
const ANSWER_SECONDS = 1;

/** /INQUIRE: asks the terminal what it is. Undefined when it does not say, as one that is no video terminal. */
function* inquire(p: Procedure, device: string): Flow<ReturnType<typeof terminalType>> {
  const screen = yield* Screen.open(p, device, { video: false });
  if (!screen) return undefined;
  yield* screen.write(`${ESC}[c`);
  let answer = '';
  for (let character = yield* screen.key(ANSWER_SECONDS); character !== undefined && answer.length < 40; character = yield* screen.key(ANSWER_SECONDS)) {
    answer += character;
    if (answer.endsWith('c')) break;
  }
  yield* screen.close();
  return typeOfAnswer(answer);
}

/** The type that /DEVICE_TYPE, /VTnnn, /LAnnn ... name; `unknown` for a name that is none. */
function* typeWanted(p: Procedure): Flow<ReturnType<typeof terminalType> | 'unknown'> {
  const named = yield* cliGetValue(p, 'DEVICE_TYPE');
  if (named !== undefined) return terminalType(named) ?? 'unknown';
  let found: ReturnType<typeof terminalType>;
  for (const name of TERMINAL_TYPE_NAMES) if (yield* cliIsPresent(p, name)) found = terminalType(name);
  return found;
}

/** Speed, fill and parity of the line. Undefined: a speed that there is not. */
function* lineWanted(p: Procedure): Flow<Wanted['line'] | undefined> {
  const speeds = (yield* cliGetValues(p, 'SPEED')).map(speedCode);
  if (speeds.includes(0)) return undefined;
  const [receive = 0, transmit = receive] = speeds;
  const fill = function* (name: string): Flow<number> { return Math.min(6, Math.max(0, Number((yield* cliGetValue(p, name)) ?? 0))); };
  const parity = yield* cliGetValue(p, 'PARITY');
  // TTY_PARITY's flags: alter parity 20, parity 40, odd 80 (hexadecimal).
  const noParity = yield* cliIsNegated(p, 'PARITY');
  const frame = yield* cliGetValue(p, 'FRAME');
  return [
    transmit | (receive << 8), (yield* fill('CRFILL')) | ((yield* fill('LFFILL')) << 8),
    parity !== undefined ? (/^O/i.test(parity) ? 0xe0 : 0x60) : noParity ? 0x20 : frame !== undefined ? Number(frame) & 0x0f : 0,
  ];
}

export function* setTerminal(p: Procedure): Flow<number> {
  const device = (yield* cliGetValue(p, 'DEVICE')) ?? 'SYS$COMMAND';
  const number = function* (name: string, most: number): Flow<number | undefined> {
    const value = yield* cliGetValue(p, name);
    return value === undefined ? undefined : Math.min(most, Math.max(0, Number(value)));
  };
  const named = yield* typeWanted(p);
  const line = yield* lineWanted(p);
  const { status, values } = yield* getDevice(p, device, { kindOf: { code: DVI$_DEVCLASS, kind: 'long' }, name: { code: DVI$_DEVNAM, kind: 'text' } } as const);
  const name = (status & 1) !== 0 ? values.name.replace(/^_/, '') : device;
  const failed = (status & 1) === 0 ? status : values.kindOf === DC$_TERM ? SS$_NORMAL : SS$_IVDEVNAM;
  const refused = function* (code: number): Flow<number> { return yield* report(p, { code: messageCode('SET$_NOTSETW'), args: [name] }, { code }); };
  if (named === 'unknown') return yield* refused(messageCode('SET$_UNKTERM'));
  if (!line) return yield* refused(SS$_BADPARAM);
  if (!(failed & 1)) return yield* refused(failed);
  const asked = (yield* cliIsPresent(p, 'INQUIRE')) ? yield* inquire(p, values.name) : undefined;
  const done = yield* setMode(p, values.name, { width: yield* number('WIDTH', MOST_COLUMNS), page: yield* number('PAGE', MOST_LINES), type: named ?? asked, line });
  return done & 1 ? SS$_NORMAL : yield* refused(done);
}
