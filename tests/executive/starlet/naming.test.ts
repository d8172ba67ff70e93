import { expect, test } from 'vitest';
import { assembleAbsolute } from '../../../src/macro/assembler.js';
import { starletMacroLibrary } from '../../../src/macro/starlet.js';
import { executiveSymbols, structureSymbols } from '../../../src/executive/boot/symbols.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { compileMessages } from '../../../src/executive/information/message-compiler.js';
import { SERVICE_ARGUMENTS, SERVICES, serviceVector } from '../../../src/executive/starlet/service-table.js';
import { SS$_ILLEFC, SS$_WASCLR, SS$_WASSET } from '../../../src/executive/starlet/ssdef.js';
import { ArrayMemory, readText } from '../../../src/executive/structures/memory.js';
import { P1_TABLES } from '../../../src/executive/structures/p1-cells.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { SYSTEM_CELLS } from '../../../src/executive/structures/system-cells.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { describeSystem } from '../../../src/executive/sys-image.js';
import { RMS_IMAGE } from '../../../src/rms/index.js';
import { TestSystem } from '../../harness.js';
import { STARLET_SYMBOLS, starletSymbol } from '../../../src/executive/starlet/symbols.js';
import { STRUCTURES } from '../../../src/executive/structures/index.js';

/** The naming conventions of appendix D, over all symbols that programs and SDA get. */
const symbols = new Map<string, number>(STARLET_SYMBOLS);
for (const structure of STRUCTURES) structureSymbols(structure, symbols);

const matching = (pattern: RegExp): (readonly [name: string, value: number])[] => [...symbols].filter(([name]) => pattern.test(name));

test('appD#3: a mask is the ones of the field\'s size at its position', () => {
  const fields = matching(/^[A-Z0-9]+\$V_/).map(([name, position]) => ({ name, position, size: symbols.get(name.replace('$V_', '$S_')) ?? 1, mask: symbols.get(name.replace('$V_', '$M_')) }))
    .filter(({ mask }) => mask !== undefined);
  expect(fields.length).toBeGreaterThan(300);
  const wrong = fields.filter(({ position, size, mask }) => position + size <= 32 && mask! >>> 0 !== ((2 ** size - 1) * 2 ** position) >>> 0);
  expect(wrong).toEqual([]);
});

test('appD#7: bit 27 of every status of ours is clear', () => {
  const statuses = matching(/^(SS|RMS|CLI|JBC|LIB|STR|MSG|OPC)\$_/);
  expect(statuses.length).toBeGreaterThan(300);
  expect(statuses.filter(([, value]) => (value >>> 27) & 1)).toEqual([]);
});

test('appD#15: lengths named K and C are equal where both exist', () => {
  const pairs = matching(/\$K_LENGTH$/).map(([name, value]) => [name, value, symbols.get(name.replace('$K_', '$C_')) ?? value] as const);
  expect(pairs.length).toBeGreaterThan(40);
  expect(pairs.filter(([, k, c]) => k !== c)).toEqual([]);
});

const CELLS = [...SYSTEM_CELLS.fields, ...P1_TABLES.flatMap(([, table]) => table.fields)];

/** Cells that appendix C lists under names of another form: data structures and texts. Names in small letters are local to their module. */
const OTHER_FORMS = new Set([
  'OPA$ORB0', 'OPA$UCB0', 'OPA$CRB', 'OPA$IDB', 'MB$ORB0', 'MB$UCB0', 'NET$WCB', 'MB$DPT', 'NL$DPT', 'OP$DPT', 'OPA$VECTOR', 'LNM$SYSTEM_DIRECTORY',
  'LNM_SYSTEM_DIR_LNMTH', 'LNM_SYSTEM_DIR_ORB', 'PFN$A_BASE', 'SWP$A_KSTK', 'MMG$A_SYSPARAM', 'EXE$A_SYSPARAM', 'EXE$MCHK_ERRCNT',
]);

test('appD#1: cells are called fac$Gt_name or fac$At_name, but for those that appendix C lists otherwise and texts (fac$T_)', () => {
  const irregular = CELLS.map(({ name }) => name).filter((name) => name !== '' && name === name.toUpperCase())
    .filter((name) => !/^[A-Z0-9]+\$[GA][A-Z]_[A-Z0-9_$]+$/.test(name) && !/^[A-Z0-9]+\$T_/.test(name) && !OTHER_FORMS.has(name));
  expect(irregular).toEqual([]);
  expect(CELLS.length).toBeGreaterThan(700);
});

test('appD#2: the letter behind $G is the size of the cell', () => {
  const sizes: Readonly<Record<string, number>> = { L: 4, W: 2, B: 1, Q: 8 };
  const wrong = CELLS.filter(({ name, size }) => {
    const letter = /\$G([LWBQ])_/.exec(name)?.[1];
    return letter !== undefined && sizes[letter] !== size && name !== 'PMS$GL_DOSTATS';      // its second name says that it is a byte
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test('appD#4: bits are counted from the field they are in; those of the PCB named PCB$V_ from PCB$L_STS', () => {
  const beyond = STRUCTURES.flatMap(({ fields, bits }) => bits.filter(({ field, bit, width }) => {
    const home = fields.find(({ name }) => name === field);
    return home === undefined || bit + width > 8 * home.size;
  }).map(({ name }) => name));
  expect(beyond).toEqual([]);
  const memory = new ArrayMemory(new Uint8Array(PCB.size));
  const pcb = PCB.at(memory, 0);
  pcb.PCB$V_RES = 1;
  pcb.PCB$V_PSWAPM = 1;
  expect(pcb.PCB$L_STS).toBe(((1 << symbols.get('PCB$V_RES')!) | (1 << symbols.get('PCB$V_PSWAPM')!)) >>> 0);
});

test('appD#5: PSL$S_CURMOD is 2, PTE$S_PROT 4, ACB$S_MODE 2, in the sources of the executive too', () => {
  const known = executiveSymbols(0x8000_0a00, 0);
  expect(['PSL$S_CURMOD', 'PTE$S_PROT', 'ACB$S_MODE'].map(known)).toEqual([2, 4, 2]);
  const image = assembleAbsolute('\t.BYTE\tPSL$S_CURMOD,PTE$S_PROT,ACB$S_MODE\n', 'T.MAR', { origin: 0, symbols: known });
  expect([...image.bytes.subarray(0, 3)]).toEqual([2, 4, 2]);
});

test('appD#6: bits 16 to 27 of a status are its facility: 0 SS$_, 1 RMS$_, 3 CLI, 4 JBC, 21 LIB', () => {
  for (const [prefix, facility] of [['SS', 0], ['RMS', 1], ['CLI', 3], ['JBC', 4], ['LIB', 21]] as const) {
    const statuses = matching(new RegExp(`^${prefix}\\$_(?!FACILITY)`));
    expect(statuses.length, prefix).toBeGreaterThan(3);
    expect(statuses.filter(([, value]) => ((value >>> 16) & 0xfff) !== facility), prefix).toEqual([]);
  }
});

test('appD#9: a counted string has its count at the symbol\'s offset', () => {
  const system = new TestSystem({});
  system.runUntilIdle(0);
  const { k } = system;
  const swapper = k.symbol('SCH$GL_SWPPCB') + symbols.get('PCB$T_LNAME')!;
  expect([k.readByte(swapper), readText(k, swapper + 1, 7)]).toEqual([7, 'SWAPPER']);
  const ddb = UCB.at(k, k.symbol('OPA$UCB0')).UCB$L_DDB + symbols.get('DDB$T_NAME')!;
  expect([k.readByte(ddb), readText(k, ddb + 1, 3)]).toEqual([3, 'OPA']);
});

test('appD#11: each service has $name_S and $name_G, its vector SYS$name, and its procedure EXE$name', () => {
  const library = starletMacroLibrary(SERVICE_ARGUMENTS);
  const system = new TestSystem({ systemImages: [RMS_IMAGE] });
  let procedures = 0;
  for (const { name, kind } of SERVICES) {
    if (!Object.hasOwn(SERVICE_ARGUMENTS, name)) continue;
    expect(library.macro(`${name}_S`), name).toContain(`SYS$${name.slice(1)}`);
    expect(library.macro(`${name}_G`), name).toContain(`SYS$${name.slice(1)}`);
    expect(starletSymbol(`SYS$${name.slice(1)}`), name).toBe(serviceVector(name as '$HIBER'));
    const entry = kind === 'rms' || kind === 'rmsPlain' ? `RMS${name}` : `EXE${name}`;
    if (system.k.symbols.has(entry)) procedures += 1;
  }
  expect(procedures).toBeGreaterThan(100);
});

test('appD#12: no routine of the executive that is entered by JSB has the suffix _Rn of the run-time library', () => {
  const description = describeSystem([], [], []);
  const jsb = description.routines.filter((routine) => routine.form === 'atomic' && routine.entry === 'jsb').map(({ name }) => name);
  expect(jsb.length).toBeGreaterThan(10);
  expect(jsb.filter((name) => /_R\d+$/.test(name))).toEqual([]);
});

test('appD#13: SS$_WASCLR and SS$_WASSET are what flag services succeed with, SS$_ILLEFC is a bad number', () => {
  const statuses: number[] = [];
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        for (const [name, efn] of [['$SETEF', 5], ['$SETEF', 5], ['$CLREF', 5], ['$CLREF', 5], ['$SETEF', 200], ['$CLREF', 200]] as const) statuses.push(yield* service(p, name, { efn }));
        return 1;
      },
    },
  });
  system.runUntilIdle(1);
  expect(statuses).toEqual([SS$_WASCLR, SS$_WASSET, SS$_WASSET, SS$_WASCLR, SS$_ILLEFC, SS$_ILLEFC]);
  expect([SS$_WASCLR & 1, SS$_WASSET & 1, SS$_ILLEFC & 1]).toEqual([1, 1, 0]);
});

test('appD#14: MESSAGE sets the bit that the facility is a customer\'s, unless /SYSTEM says otherwise', () => {
  const code = (qualifier: string): number => compileMessages(`\t.FACILITY\tMINE,77${qualifier} /PREFIX=MINE$_\n\t.SEVERITY\tERROR\nBAD\t<bad>\n\t.END\n`).symbols.get('MINE$_BAD')!;
  expect([(code('') >>> 27) & 1, (code(' /SYSTEM') >>> 27) & 1]).toEqual([1, 0]);
});
