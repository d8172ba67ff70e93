import { expect, test } from 'vitest';
import { SB, DDB, CRB$K_LENGTH_CONSOLE, CRB$K_LENGTH_ONE } from '../../../src/executive/structures/device.js';
import { CLI_CELLS, CLI_DATA_BASE, CTL$GL_VECTORS, IAC_BASE, IAC_CELLS, P1_CELLS, P1_TABLES, PIO_BASE, PIO_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { P1_FIXED_LOW, P1_LAYOUT } from '../../../src/executive/structures/p1-layout.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PRT$C_SREW, PRT$C_SRKW, PRT$C_URSW, PRT$C_UW } from '../../../src/executive/structures/pte.js';
import { SCH$C_FPG } from '../../../src/executive/structures/sch.js';
import {
  PARAMETER_CELLS, PARAMETER_FLAGS, PQL_NAMES, SYSLOA_VECTORS, SYSLOA_VECTORS_SIZE, SYSTEM_CELL_INITIAL, SYSTEM_CELLS, SYSTEM_SECTIONS,
} from '../../../src/executive/structures/system-cells.js';

const at = SYSTEM_CELLS.offset;
const sizeOf = (name: string) => SYSTEM_CELLS.fields.find((field) => field.name === name)?.size;

test('appC#2 SWP$A_KSTK is the high end of 160 longwords of stack; the null process has 32', () => {
  expect(at.SWP$A_KSTK - at.swpkstk).toBe(640);
  expect(at.swpkstk - at.nulkstk).toBe(128);
});

test('appC#5 IOC$GL_DEVLIST lies inside the 104-byte local system block', () => {
  expect(sizeOf('SCS$GA_LOCALSB')).toBe(SB.size);
  expect(at.IOC$GL_DEVLIST - at.SCS$GA_LOCALSB).toBe(SB.offset.SB$L_DDB);
});

test('static device blocks have the sizes of their layouts', () => {
  expect(at.OPA$ORB0 - at.OPA$GL_DDB).toBe(DDB.size);
  expect([sizeOf('OPA$UCB0'), sizeOf('MB$UCB0'), sizeOf('OPA$CRB'), sizeOf('sys_crb')]).toEqual([372, 144, CRB$K_LENGTH_CONSOLE, CRB$K_LENGTH_ONE]);
  expect(at.SCH$GL_SWPPCB - at.SCH$GL_NULLPCB).toBe(PCB.size);
});

test('appC#6 page list heads, tails, counts and limits are arrays indexed 0 free, 1 modified, 2 bad', () => {
  expect([at.SCH$GL_FREECNT, at.SCH$GL_MFYCNT, at.pfn$al_badcnt].map((x) => x - at.PFN$AL_COUNT)).toEqual([0, 4, 8]);
  expect([at.SCH$GL_FREEREQ, at.SCH$GL_MFYLIM, at.PFN$GL_BADHILIM].map((x) => x - at.PFN$AL_HILIMIT)).toEqual([0, 4, 8]);
  expect([at.SCH$GL_FREELIM, at.SCH$GL_MFYLOLIM, at.PFN$GL_BADLOLIM].map((x) => x - at.PFN$AL_LOLIMIT)).toEqual([0, 4, 8]);
  expect(at.PFN$AL_TAIL - at.PFN$AL_HEAD).toBe(12);
});

test('appC#7 32 COM and 32 COMO listheads follow one another, as do their summaries', () => {
  expect(at.SCH$AQ_COMOH - at.SCH$AQ_COMH).toBe(256);
  expect(at.SCH$GL_COMOQS - at.SCH$GL_COMQS).toBe(4);
  expect(at.SCH$AQ_COMT - at.SCH$AQ_COMH).toBe(4);
});

test('ch10#13 SCH$AQ_WQHDR + 12*state addresses the header of a state', () => {
  expect([at.SCH$GQ_COLPGWQ, at.SCH$GQ_MWAIT, at.SCH$GQ_PFWQ, at.SCH$GQ_LEFWQ, at.SCH$GQ_FPGWQ].map((x) => (x - at.SCH$AQ_WQHDR) / 12)).toEqual([1, 2, 4, 5, SCH$C_FPG]);
  expect(at.SCH$GL_CURPCB - at.SCH$GQ_COLPGWQ).toBe(132);
});

test('appC#9 MMG$GW_MINPFIDX and SGN$GW_SWPFILCT are one word', () => {
  expect(at.SGN$GW_SWPFILCT).toBe(at.MMG$GW_MINPFIDX);
});

test('appC#10 SWI$GL_FQFL has six quadwords', () => {
  expect(at.EXE$GL_FKWAITFL - at.SWI$GL_FQFL).toBe(48);
});

test('appC#12 EXE$GL_NONPAGED: IPL, first block, dummy size; EXE$GL_PAGED has no IPL', () => {
  expect(at.EXE$GL_SPLITADR - at.EXE$GL_NONPAGED).toBe(12);
  expect(at.RMS$GL_SFDBASE - at.EXE$GL_PAGED).toBe(8);
  expect(SYSTEM_CELL_INITIAL['EXE$GL_NONPAGED']).toBe(11);
});

test('appC#15 SYS$GW_IJOBCNT is three words: interactive, network, batch', () => {
  expect([at.SYS$GW_NJOBCNT - at.SYS$GW_IJOBCNT, at.SYS$GW_BJOBCNT - at.SYS$GW_IJOBCNT]).toEqual([2, 4]);
});

test('appC#17 two error log buffers of 512 bytes', () => {
  expect([sizeOf('buf1'), sizeOf('buf2')]).toEqual([512, 512]);
});

test('appC#19 vectors entered through the SCB are 8 bytes apart, others 6', () => {
  for (let index = 1; index < SYSLOA_VECTORS.length; index += 1) {
    const [before, now] = [SYSLOA_VECTORS[index - 1]!, SYSLOA_VECTORS[index]!];
    expect(now.offset - before.offset).toBe(before.size);
  }
  expect(SYSLOA_VECTORS.filter((vector) => vector.size === 8).map((vector) => vector.name)).toContain('EXE$MCHK');
  expect(SYSLOA_VECTORS_SIZE % 4).toBe(0);
});

test('appC#27 MMG$GL_MAXSYSVA and MMG$GL_FRESVA are one cell', () => {
  expect(at.MMG$GL_FRESVA).toBe(at.MMG$GL_MAXSYSVA);
});

test('appC#28 PFN$A_BASE: PTE, BAK, REFCNT, FLINK/SHRCNT, BLINK/WSLX, SWPVBN, STATE, TYPE', () => {
  expect([at.PFN$AL_PTE, at.PFN$AL_BAK, at.PFN$AW_REFCNT, at.PFN$AX_FLINK, at.PFN$AX_BLINK, at.PFN$AW_SWPVBN, at.PFN$AB_STATE, at.PFN$AB_TYPE]
    .map((x) => (x - at.PFN$A_BASE) / 4)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect([at.PFN$AX_SHRCNT, at.PFN$AX_WSLX]).toEqual([at.PFN$AX_FLINK, at.PFN$AX_BLINK]);
});

test('every parameter, section and initial value names a cell of the right size', () => {
  const names = new Set(SYSTEM_CELLS.fields.map((field) => field.name));
  for (const [parameter, cell, size] of PARAMETER_CELLS) expect([parameter, sizeOf(cell)]).toEqual([parameter, size]);
  for (const [, cell] of PARAMETER_FLAGS) expect(names).toContain(cell);
  for (const [, cell] of SYSTEM_SECTIONS) expect(names).toContain(cell);
  for (const cell of Object.keys(SYSTEM_CELL_INITIAL)) expect(names).toContain(cell);
  expect(new Set(PARAMETER_CELLS.map(([parameter]) => parameter)).size).toBe(PARAMETER_CELLS.length);
  expect(PQL_NAMES[14]).toBe('JTQUOTA');
});

test('appC#25 STARTUP_P1 to P8 are parameters', () => {
  expect(PARAMETER_CELLS.filter(([name]) => name.startsWith('STARTUP_P')).length).toBe(8);
});

test('appC#30 CTL$AL_STACK and CTL$AL_STACKLIM have an entry for each mode; the page has the derived offsets', () => {
  expect(P1_CELLS.size).toBe(512);
  expect(P1_CELLS.offset).toMatchObject({
    CTL$AL_STACK: 0x10, CTL$AL_STACKLIM: 0x6c, CTL$GL_PHD: 0x88, CTL$GQ_PROCPRIV: 0x110, CTL$GL_CCBBASE: 0x138, CTL$GL_PCB: 0x158, CTL$GL_THCOUNT: 0x1c4,
  });
  expect(P1_CELLS.offset.CTL$GL_CMSUPR - P1_CELLS.offset.CTL$GQ_LNMTBLCACHE).toBe(8);
});

test('appC#31 CTL$AQ_EXCVEC: primary and secondary of four modes, 8 longwords', () => {
  expect(P1_CELLS.offset.CTL$GL_THEXEC - P1_CELLS.offset.CTL$AQ_EXCVEC).toBe(32);
});

test('appC#32 CTL$AL_FINALEXC has four longwords, CTL$GL_THCOUNT three', () => {
  expect(P1_CELLS.offset.CTL$GL_CCBBASE - P1_CELLS.offset.CTL$AL_FINALEXC).toBe(16);
  expect(P1_CELLS.offset.CTL$GL_THCOUNT + 12).toBe(0x1d0);
});

test('appC#34 CTL$T_USERNAME has 12 bytes, CTL$T_ACCOUNT 8', () => {
  expect(P1_CELLS.offset.CTL$T_ACCOUNT - P1_CELLS.offset.CTL$T_USERNAME).toBe(12);
  expect(P1_CELLS.offset.CTL$GQ_LOGIN - P1_CELLS.offset.CTL$T_ACCOUNT).toBe(8);
});

test('appC#35 CTL$AG_CLIMAGE is two longwords in the CLI data pages', () => {
  expect([CLI_DATA_BASE, CLI_CELLS.size, CLI_CELLS.offset.CTL$AG_CLIMAGE]).toEqual([0x7ffe2800, 6144, 8]);
});

test('cells of the executive and of P1 lie in the areas of the layout', () => {
  for (const [base, table] of P1_TABLES) {
    const area = P1_LAYOUT.find((candidate) => candidate.base === base);
    expect(area, base.toString(16)).toBeDefined();
    expect(table.size).toBeLessThanOrEqual(area!.pages * 512);
  }
  expect(PIO_CELLS.offset.PIO$GL_FMLH + PIO_BASE).toBe(P1_FIXED_LOW);
  expect(IAC_CELLS.offset.CTL$GL_IAFLINK + IAC_BASE).toBe(0x7ffe2600);
});

test('appF#26 the fixed areas of P1 follow one another from 7FFFFFFF down to the RMS data area', () => {
  let top = 0x80000000;
  for (const area of P1_LAYOUT) {
    expect(area.base + area.pages * 512).toBe(top);
    top = area.base;
  }
  expect(top).toBe(P1_FIXED_LOW);
  expect(P1_LAYOUT.find((area) => area.label === 'CTL$GL_VECTORS')?.base).toBe(CTL$GL_VECTORS);
});

test('appF#27 stacks: kernel SRKW, executive SREW, supervisor URSW', () => {
  const protection = (name: string) => P1_LAYOUT.find((area) => area.name === name)?.protection;
  expect([protection('kernel stack'), protection('executive stack'), protection('supervisor stack')]).toEqual([PRT$C_SRKW, PRT$C_SREW, PRT$C_URSW]);
});

test('appF#28 the generic CLI data area is 12 pages URSW owned by supervisor', () => {
  expect(P1_LAYOUT.find((area) => area.name === 'generic CLI data')).toMatchObject({ pages: 12, protection: PRT$C_URSW, owner: 2 });
});

test('appF#35 per-process common for users is 800 below CTL$A_COMMON; both 4 pages UW', () => {
  const [digital, users] = ['per-process common for DIGITAL', 'per-process common for users'].map((name) => P1_LAYOUT.find((area) => area.name === name)!);
  expect(digital!.base - users!.base).toBe(0x800);
  expect([digital!.pages, users!.pages, digital!.protection, users!.protection]).toEqual([4, 4, PRT$C_UW, PRT$C_UW]);
});
