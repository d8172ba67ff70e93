import { cliGetValue, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DC$_LP, DT$_LA11, DT$_LP11 } from '../executive/starlet/dcdef.js';
import { DVI$_DEVCLASS, DVI$_DEVNAM } from '../executive/starlet/dvidef.js';
import { IO$_SENSEMODE, IO$_SETMODE } from '../executive/starlet/iodef.js';
import { LP$M_CR, LP$M_LOWER, LP$M_MECHFORM, LP$M_PASSALL, LP$M_PRINTALL, LP$M_TAB, LP$M_TRUNCATE, LP$M_WRAP } from '../executive/starlet/lpdef.js';
import { SS$_IVDEVNAM, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { messageCode, report } from './messages.js';
import type { Output } from './output.js';
import { getDevice } from './process-information.js';
import { assignDevice } from './quota-function.js';

/** SET PRINTER and SHOW PRINTER: characteristics of a line printer. @source DCL Dictionary, SET PRINTER; choice: the look of SHOW PRINTER */
const CHARACTERISTICS: readonly (readonly [qualifier: string, mask: number, shown: string])[] = [
  ['CR', LP$M_CR, 'Carriage_return'], ['FF', LP$M_MECHFORM, 'Formfeed'], ['LOWERCASE', LP$M_LOWER, 'Lowercase'], ['PASSALL', LP$M_PASSALL, 'Passall'],
  ['PRINTALL', LP$M_PRINTALL, 'Printall'], ['TAB', LP$M_TAB, 'Tab'], ['TRUNCATE', LP$M_TRUNCATE, 'Truncate'], ['WRAP', LP$M_WRAP, 'Wrap'],
];
const TYPES: Readonly<Record<string, number>> = { UNKNOWN: 0, LP11: DT$_LP11, LA11: DT$_LA11 };
const PAGE_SHIFT = 24;

interface Mode {
  readonly type: number;
  readonly width: number;
  readonly characteristics: number;
}

/** The characteristics of a printer, and, with `change`, new ones for it. @returns them, or why there are none */
function* withPrinter(p: Procedure, device: string, change?: (mode: Mode) => Mode): Flow<{ readonly name: string; readonly mode: Mode } | number> {
  const { status, values } = yield* getDevice(p, device, { name: { code: DVI$_DEVNAM, kind: 'text' }, kindOf: { code: DVI$_DEVCLASS, kind: 'long' } } as const);
  if (!(status & 1)) return status;
  if (values.kindOf !== DC$_LP) return SS$_IVDEVNAM;
  const assigned = yield* assignDevice(p, device);
  if (!(assigned.status & 1)) return assigned.status;
  const { chan } = assigned;
  const result = yield* p.scratch(function* () {
    const [iosb, at] = [p.allocate(8), p.allocate(8)];
    const io = function* (func: number): Flow<number> {
      const queued = yield* service(p, '$QIOW', { efn: 1, chan, func, iosb, p1: at, p2: 8 });
      return queued & 1 ? p.memory.readWord(iosb) : queued;
    };
    const sensed = yield* io(IO$_SENSEMODE);
    if (!(sensed & 1)) return sensed;
    let mode: Mode = { type: p.memory.readByte(at + 1), width: p.memory.readWord(at + 2), characteristics: p.memory.readLong(at + 4) };
    if (!change) return { name: values.name, mode };
    mode = change(mode);
    p.memory.writeByte(at + 1, mode.type);
    p.memory.writeWord(at + 2, mode.width);
    p.memory.writeLong(at + 4, mode.characteristics);
    const set = yield* io(IO$_SETMODE);
    return set & 1 ? { name: values.name, mode } : set;
  });
  yield* service(p, '$DASSGN', { chan });
  return result;
}

const withColon = (name: string): string => (name.includes(':') ? name : `${name}:`);

/** SET PRINTER device */
export function* setPrinter(p: Procedure): Flow<number> {
  const device = withColon((yield* cliGetValue(p, 'DEVICE'))!);
  let [set, clear] = [0, 0];
  for (const [qualifier, mask] of CHARACTERISTICS) {
    if (yield* cliIsNegated(p, qualifier)) clear |= mask;
    else if (yield* cliIsPresent(p, qualifier)) set |= mask;
  }
  if (yield* cliIsPresent(p, 'UPPERCASE')) clear |= LP$M_LOWER;
  let newType: number | undefined;
  for (const [name, code] of Object.entries(TYPES)) if (yield* cliIsPresent(p, name)) newType = code;
  const newWidth = yield* cliGetValue(p, 'WIDTH');
  const page = yield* cliGetValue(p, 'PAGE');
  if (page !== undefined) {
    clear |= 0xff << PAGE_SHIFT;
    set |= (Number(page) & 0xff) << PAGE_SHIFT;
  }
  const log = yield* cliIsPresent(p, 'LOG');
  const result = yield* withPrinter(p, device, ({ type, width, characteristics }) => ({
    type: newType ?? type, width: Number(newWidth ?? width), characteristics: ((characteristics & ~clear) | set) >>> 0,
  }));
  if (typeof result === 'number') return yield* report(p, { code: messageCode('SET$_NOTSET'), args: [device] }, { code: result });
  if (log) yield* report(p, { code: messageCode('SET$_MODIFIED'), args: [result.name] });
  return SS$_NORMAL;
}

/** SHOW PRINTER device */
export function* showPrinter(p: Procedure, output: Output): Flow<number> {
  const result = yield* withPrinter(p, withColon((yield* cliGetValue(p, 'DEVICE'))!));
  if (typeof result === 'number') return result;
  const { name, mode } = result;
  const type = Object.entries(TYPES).find(([, code]) => code === mode.type)?.[0] ?? 'UNKNOWN';
  yield* output.line(`Printer: ${name.padEnd(10)}Device_Type: ${type.padEnd(9)}Width: ${String(mode.width).padEnd(6)}Page: ${mode.characteristics >>> PAGE_SHIFT}`);
  yield* output.line();
  const shown = CHARACTERISTICS.map(([, mask, text]) => `${(mode.characteristics & mask) === 0 ? 'No ' : ''}${text}`);
  for (let at = 0; at < shown.length; at += 4) yield* output.line(`   ${shown.slice(at, at + 4).map((text) => text.padEnd(19)).join('').trimEnd()}`);
  return SS$_NORMAL;
}
