import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import * as DC from '../executive/starlet/dcdef.js';
import * as DVI from '../executive/starlet/dvidef.js';
import { JPI$_PRCNAM } from '../executive/starlet/jpidef.js';
import { IO$_SENSECHAR, IO$_SENSEMODE } from '../executive/starlet/iodef.js';
import { SS$_IVDEVNAM, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { ArrayMemory } from '../executive/structures/memory.js';
import { TT } from './terminal-bits.js';
import { terminalMode } from './terminal-mode.js';
import { baudOf } from './terminal-types.js';
import type { Output } from './output.js';
import { getDevice, getProcess } from './process-information.js';

/** SHOW TERMINAL [/PERMANENT]. @source dcl-output-formats.md, SHOW TERMINAL */
const ITEMS = {
  name: { code: DVI.DVI$_DEVNAM, kind: 'text' }, kindOf: { code: DVI.DVI$_DEVCLASS, kind: 'long' }, type: { code: DVI.DVI$_DEVTYPE, kind: 'long' },
  width: { code: DVI.DVI$_DEVBUFSIZ, kind: 'long' }, first: { code: DVI.DVI$_DEVDEPEND, kind: 'long' }, second: { code: DVI.DVI$_DEVDEPEND2, kind: 'long' },
  owner: { code: DVI.DVI$_PID, kind: 'long' },
} as const;

/** Name of a terminal type, from the DT$_ constants. */
function typeName(type: number): string {
  const known = Object.entries(DC).find(([name, value]) => /^DT\$_(VT|LA|FT|LQP|VK|TTYUNKN|LN)/.test(name) && value === type);
  return known === undefined || known[0] === 'DT$_TTYUNKN' ? 'Unknown' : known[0].slice(4);
}

export function* showTerminal(p: Procedure, output: Output): Flow<number> {
  const device = (yield* cliGetValue(p, 'DEVICE')) ?? 'SYS$COMMAND';
  const { status, values: now } = yield* getDevice(p, device, ITEMS);
  if (!(status & 1)) return status;
  if (now.kindOf !== DC.DC$_TERM) return SS$_IVDEVNAM;
  const values = (yield* cliIsPresent(p, 'PERMANENT')) ? { ...now, ...(yield* permanent(p, now.name)) } : now;
  const owner = values.owner === 0 ? 'No Owner' : yield* ownerName(p, values.owner);
  yield* output.line(`Terminal: ${values.name.padEnd(12)}Device_Type: ${typeName(values.type).padEnd(15)}Owner: ${owner}`);
  yield* output.line();
  const fill = (bit: number): number => (values.first >>> bit) & 1;
  const { speeds } = yield* terminalMode(p, now.name, IO$_SENSEMODE, new Uint8Array(12));
  const baud = (code: number): string => String(baudOf(code & 0xff)).padStart(7);
  yield* output.line(`   Input: ${baud(speeds >>> 8)}     LFfill:  ${fill(11)}      Width: ${String(values.width).padStart(3)}      Parity: None`);
  yield* output.line(`   Output:${baud(speeds)}     CRfill:  ${fill(10)}      Page:  ${String(values.first >>> 24).padStart(3)}      `);
  yield* output.line();
  yield* output.line('Terminal Characteristics:');
  const words = TT.map(({ longword, bit, set, clear }) => ((longword === 1 ? values.first : values.second) >>> bit) & 1 ? set : clear);
  for (let from = 0; from < words.length; from += COLUMNS) {
    yield* output.line(`   ${words.slice(from, from + COLUMNS).map((word) => word.padEnd(CELL)).join('')}`.trimEnd());
  }
  return SS$_NORMAL;
}

/** What holds when the terminal is nobody's. */
function* permanent(p: Procedure, device: string): Flow<{ readonly type: number; readonly width: number; readonly first: number; readonly second: number } | undefined> {
  const { status, bytes } = yield* terminalMode(p, device, IO$_SENSECHAR, new Uint8Array(12));
  if (!(status & 1)) return undefined;
  const mode = new ArrayMemory(bytes);
  return { type: mode.readByte(1), width: mode.readWord(2), first: mode.readLong(4), second: mode.readLong(8) };
}

const COLUMNS = 4;
const CELL = 19;

function* ownerName(p: Procedure, pid: number): Flow<string> {
  const address = p.allocate(4);
  p.memory.writeLong(address, pid);
  return (yield* getProcess(p, address, { name: { code: JPI$_PRCNAM, kind: 'text' } })).values.name;
}
