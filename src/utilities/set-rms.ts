import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { callRoutine, procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Kernel } from '../executive/kernel.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { PRV$V_CMKRNL } from '../executive/starlet/prvdef.js';
import { SS$_NOCMKRNL, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { PIO_BASE, PIO_CELLS } from '../executive/structures/p1-cells.js';
import { messageCode, report } from './messages.js';
import type { Output } from './output.js';

/** SETRMS.EXE, SET RMS_DEFAULT, and the figures of SHOW RMS_DEFAULT: cells of P1 and of the system that RMS looks at. @source DCL Dictionary, SET RMS_DEFAULT */
interface Figure {
  readonly process: keyof typeof PIO_CELLS.offset;
  readonly system: string;
  readonly isWord?: boolean;
}

const FIGURES = {
  blocks: { process: 'PIO$GB_DFMBC', system: 'SYS$GB_DFMBC' }, indexed: { process: 'PIO$GB_DFMBFIDX', system: 'SYS$GB_DFMBFIDX' },
  relative: { process: 'PIO$GB_DFMBFREL', system: 'SYS$GB_DFMBFREL' }, disk: { process: 'PIO$GB_DFMBFSDK', system: 'SYS$GB_DFMBFSDK' },
  tape: { process: 'PIO$GB_DFMBFSMT', system: 'SYS$GB_DFMBFSMT' }, unitRecord: { process: 'PIO$GB_DFMBFSUR', system: 'SYS$GB_DFMBFSUR' },
  network: { process: 'PIO$GB_DFNBC', system: 'SYS$GB_DFNBC' }, prolog: { process: 'PIO$GB_RMSPROLOG', system: 'SYS$GB_RMSPROLOG' },
  extend: { process: 'PIO$GW_RMSEXTEND', system: 'SYS$GW_RMSEXTEND', isWord: true },
} as const satisfies Record<string, Figure>;
type Name = keyof typeof FIGURES;
const NAMES = Object.keys(FIGURES) as Name[];

/** Where a figure lies. */
function addressOf(k: Pick<Kernel, 'symbol'>, name: Name, isSystem: boolean): number {
  const { process, system } = FIGURES[name];
  return isSystem ? k.symbol(system) : PIO_BASE + PIO_CELLS.offset[process];
}

/**
 * Kernel mode, by $CMKRNL. Arguments: 1 for the system's figures; a mask of the figures that change, in their order; a value for each figure. The system's take
 * CMKRNL privilege of the user.
 */
const store = callRoutine('SET$RMS_DEFAULT', (k) => {
  const isSystem = k.argument(1) !== 0;
  if (isSystem && (k.p1.CTL$GQ_PROCPRIV & (1n << BigInt(PRV$V_CMKRNL))) === 0n) return SS$_NOCMKRNL;
  NAMES.forEach((name, index) => {
    if (!(k.argument(2) & (1 << index))) return;
    const value = k.argument(3 + index);
    const address = addressOf(k, name, isSystem);
    if ('isWord' in FIGURES[name]) k.writeWord(address, value);
    else k.writeByte(address, value & 0xff);
  });
  return SS$_NORMAL;
});

/** A number of a qualifier within its bounds. Undefined: the qualifier is not there. */
function* number(p: Procedure, qualifier: string, least: number, most: number): Flow<number | undefined | { readonly wrong: string }> {
  const text = yield* cliGetValue(p, qualifier);
  if (text === undefined) return undefined;
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : { wrong: text };
}

const ORGANIZATIONS: readonly (readonly [qualifier: string, name: Name])[] = [
  ['INDEXED', 'indexed'], ['RELATIVE', 'relative'], ['SEQUENTIAL', 'disk'], ['DISK', 'disk'], ['MAGTAPE', 'tape'], ['UNIT_RECORD', 'unitRecord'],
];
const MOST_BLOCKS = 127;
const MOST_EXTEND = 65535;

const main = procedure('SETRMS$MAIN', function* (p) {
  const values = new Map<Name, number>();
  const buffers = yield* number(p, 'BUFFER_COUNT', -128, MOST_BLOCKS);
  const chosen: Name[] = [];
  for (const [qualifier, name] of ORGANIZATIONS) if (yield* cliIsPresent(p, qualifier)) chosen.push(name);
  const rows: readonly (readonly [readonly Name[], number | undefined | { readonly wrong: string }])[] = [
    [chosen.length === 0 ? ['disk'] : chosen, buffers], [['blocks'], yield* number(p, 'BLOCK_COUNT', 0, MOST_BLOCKS)], [['network'], yield* number(p, 'NETWORK_BLOCK_COUNT', 0, MOST_BLOCKS)],
    [['prolog'], yield* number(p, 'PROLOG', 0, 3)], [['extend'], yield* number(p, 'EXTEND_QUANTITY', 0, MOST_EXTEND)],
  ];
  for (const [names, value] of rows) {
    if (typeof value === 'object') return yield* report(p, { code: messageCode('SET$_IVVALUE'), args: [value.wrong] });
    if (value !== undefined) for (const name of names) values.set(name, value);
  }
  const list = p.allocate(4 * (3 + NAMES.length));
  const mask = NAMES.reduce((bits, name, index) => (values.has(name) ? bits | (1 << index) : bits), 0);
  [2 + NAMES.length, (yield* cliIsPresent(p, 'SYSTEM')) ? 1 : 0, mask, ...NAMES.map((name) => values.get(name) ?? 0)].forEach((value, index) => {
    p.memory.writeLong(list + 4 * index, value >>> 0);
  });
  const status = yield* service(p, '$CMKRNL', { routin: p.argument(1), arglst: list });
  return status & 1 ? 1 : yield* report(p, { code: messageCode('SET$_NOTSET'), args: ['RMS defaults'] }, { code: status });
});

const SOURCE = `
SETRMS$START::
	.WORD	0
	PUSHAB	SET$RMS_DEFAULT
	CALLS	#1,SETRMS$MAIN
	RET
`;

/** The image may change mode, so that everybody may change the figures of his process. */
export const SETRMS_IMAGE: ResidentImage = { name: 'SETRMS', source: SOURCE, transfer: 'SETRMS$START', routines: [main, store], privileges: 1n << BigInt(PRV$V_CMKRNL) };

/** SHOW RMS_DEFAULT. @source dcl-output-formats.md; the columns are as on running systems */
export function* showRmsDefault(p: Procedure, output: Output): Flow<number> {
  const figure = (name: Name, isSystem: boolean): number => {
    const address = addressOf(p.kernel, name, isSystem);
    return 'isWord' in FIGURES[name] ? p.memory.readWord(address) : (p.memory.readByte(address) << 24) >> 24;
  };
  const row = (title: string, isSystem: boolean): string => {
    const cell = (name: Name, width: number): string => String(figure(name, isSystem)).padStart(width);
    return `${title.padEnd(8)}${cell('blocks', 5)}    |${cell('indexed', 5)}${cell('relative', 10)}${cell('disk', 10)}${cell('tape', 8)}${cell('unitRecord', 10)}     |${cell('network', 5)}`;
  };
  const second = (title: string, isSystem: boolean): string => `${title.padEnd(8)}${String(figure('prolog', isSystem)).padStart(5)}${String(figure('extend', isSystem)).padStart(14)}`;
  for (const line of [
    '          MULTI-  |                MULTIBUFFER COUNTS               | NETWORK', '          BLOCK   | Indexed  Relative           Sequential          |  BLOCK',
    '          COUNT   |                     Disk   Magtape  Unit Record | COUNT', row('Process', false), row('System', true), '', '          Prolog    Extend Quantity',
    second('Process', false), second('System', true),
  ]) yield* output.line(line);
  return 1;
}
