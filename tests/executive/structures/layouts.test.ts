import { expect, test } from 'vitest';
import { ACB, ACB$M_KAST, ACB$M_NODELETE, ACB$M_PKAST, ACB$M_QUOTA } from '../../../src/executive/structures/acb.js';
import { BTD$K_CONSOLE, BTD$K_UDA } from '../../../src/executive/structures/btd.js';
import { CEB, WQH } from '../../../src/executive/structures/ceb.js';
import { CCB, CRB, CRB$K_LENGTH_CONSOLE, CRB$K_LENGTH_ONE, DDB, DPT, IDB, SB } from '../../../src/executive/structures/device.js';
import * as dyn from '../../../src/executive/structures/dyn.js';
import { FKB, MTX } from '../../../src/executive/structures/fork.js';
import { STRUCTURES, STRUCTURE_BY_TYPE, structureAt } from '../../../src/executive/structures/index.js';
import * as ipl from '../../../src/executive/structures/ipl.js';
import { CDRP$C_IRP, IRP } from '../../../src/executive/structures/irp.js';
import { LNMC, LNMTH } from '../../../src/executive/structures/lnm.js';
import { LKB, RSB } from '../../../src/executive/structures/lock.js';
import { ArrayMemory } from '../../../src/executive/structures/memory.js';
import { ACL, ORB } from '../../../src/executive/structures/orb.js';
import { ARB, PCB } from '../../../src/executive/structures/pcb.js';
import { HWPCB, PHD, PHD$C_HWPCB, PHD$K_LENGTH } from '../../../src/executive/structures/phd.js';
import { PQB } from '../../../src/executive/structures/pqb.js';
import {
  PRT$C_SREW, PRT$C_UR, PRT$C_URKW, decodePte, encodePte, protectionAllows, type Pte,
} from '../../../src/executive/structures/pte.js';
import { B_PINC, PRI$_RESAVL, PRI$_TICOM, PRI$_TIMER, RSN_NAMES, SCH_STATE_NAMES } from '../../../src/executive/structures/sch.js';
import { GSD, PFL, SEC } from '../../../src/executive/structures/section.js';
import { TQE } from '../../../src/executive/structures/tqe.js';
import { DISKUCB, TTYUCB, TWP, UCB } from '../../../src/executive/structures/ucb.js';
import { FCB, WCB, WCBMAP } from '../../../src/executive/structures/volume.js';

test('appE#1 UCB: IRP at 58, STS at 64, SVAPTE at 78, BOFF 7C, BCNT 7E; 144 bytes', () => {
  expect(UCB.offset).toMatchObject({ UCB$L_IRP: 0x58, UCB$L_STS: 0x64, UCB$L_SVAPTE: 0x78, UCB$W_BOFF: 0x7c, UCB$W_BCNT: 0x7e });
  expect(UCB.size).toBe(144);
  expect([DISKUCB.size, TTYUCB.size]).toEqual([252, 372]);
  for (const name of Object.keys(UCB.offset)) expect((TTYUCB.offset as Record<string, number>)[name]).toBe((UCB.offset as Record<string, number>)[name]);
});

test('appE#2 the fixed part of a PHD is 380 bytes, so its working set list starts at longword 95', () => {
  expect(PHD$K_LENGTH).toBe(380);
  expect(PHD$K_LENGTH / 4).toBe(95);
});

test('appE#3 the hardware PCB lies in the PHD at 78; its 96 bytes are in the order of LDPCTX', () => {
  expect(PHD$C_HWPCB).toBe(0x78);
  expect(HWPCB.size).toBe(96);
  for (const [inPhd, inPcb] of [['PHD$L_ESP', 'HWPCB$L_ESP'], ['PHD$L_R11', 'HWPCB$L_R11'], ['PHD$L_PC', 'HWPCB$L_PC'], ['PHD$L_PSL', 'HWPCB$L_PSL'],
    ['PHD$L_P0BR', 'HWPCB$L_P0BR'], ['PHD$B_ASTLVL', 'HWPCB$B_ASTLVL'], ['PHD$L_P1LR', 'HWPCB$L_P1LR']] as const) {
    expect(PHD.offset[inPhd]).toBe(0x78 + HWPCB.offset[inPcb]);
  }
});

test('appE#4 an ORB is 88 bytes, size word at 8, type 73 at 10', () => {
  expect(ORB.size).toBe(88);
  expect([ORB.offset.ORB$W_SIZE, ORB.offset.ORB$B_TYPE, dyn.DYN$C_ORB]).toEqual([8, 10, 73]);
});

test('appE#5 the ARB is the PCB from PCB$Q_PRIV on: its UIC is PCB$L_UIC', () => {
  expect(PCB.offset.PCB$Q_PRIV + ARB.offset.ARB$L_UIC).toBe(PCB.offset.PCB$L_UIC);
  expect(ARB.offset.ARB$L_UIC).toBe(0x38);
  expect(PCB.offset.PCB$Q_PRIV + ARB.offset.ARB$R_RIGHTSDESC).toBe(PCB.offset.PCB$R_RIGHTSDESC);
  const memory = new ArrayMemory(new Uint8Array(PCB.size));
  const pcb = PCB.at(memory, 0);
  pcb.PCB$L_ARB = PCB.offset.PCB$Q_PRIV;
  pcb.PCB$L_UIC = 0x00010004;
  expect(ARB.at(memory, pcb.PCB$L_ARB).ARB$L_UIC).toBe(0x00010004);
  expect([pcb.PCB$W_GRP, pcb.PCB$W_MEM]).toEqual([1, 4]);
});

test('appE#6 PCB$L_PQB shares the longword of PCB$L_EFWM', () => {
  expect(PCB.offset.PCB$L_PQB).toBe(PCB.offset.PCB$L_EFWM);
});

test('PCB: 288 bytes with the public offsets', () => {
  expect(PCB.size).toBe(288);
  expect(PCB.offset).toMatchObject({
    PCB$L_PID: 0x60, PCB$L_PHD: 0x6c, PCB$T_LNAME: 0x70, PCB$L_JIB: 0x80, PCB$Q_PRIV: 0x84, PCB$L_UIC: 0xbc, PCB$L_LOCKQFL: 0x104,
  });
  expect(PCB.mask).toMatchObject({ PCB$V_RES: 1, PCB$V_SSFEXC: 0x40, PCB$V_WALL: 0x2000, PCB$V_INTER: 0x2000000, PCB$V_SECAUDIT: 0x8000000 });
});

test('appE#7 an IRP packet is 208 bytes and its AST fields lie at ACB offsets', () => {
  expect(IRP.size).toBe(208);
  for (const [irp, acb] of [['IRP$L_WIND', 'ACB$L_KAST'], ['IRP$L_AST', 'ACB$L_AST'], ['IRP$L_ASTPRM', 'ACB$L_ASTPRM'], ['IRP$L_PID', 'ACB$L_PID'],
    ['IRP$B_RMOD', 'ACB$B_RMOD']] as const) expect(IRP.offset[irp]).toBe(ACB.offset[acb]);
  for (const [name, offset] of [['TQE$B_RQTYPE', 0xb], ['TQE$L_PID', 0xc], ['TQE$L_AST', 0x10], ['TQE$L_ASTPRM', 0x14]] as const) expect(TQE.offset[name]).toBe(offset);
  for (const [name, offset] of [['LKB$B_RMOD', 0xb], ['LKB$L_PID', 0xc], ['LKB$L_AST', 0x10], ['LKB$L_ASTPRM', 0x14], ['LKB$L_KAST', 0x18]] as const) expect(LKB.offset[name]).toBe(offset);
  expect(LKB.offset.LKB$L_DUETIME).toBe(LKB.offset.LKB$L_KAST);
});

test('appE#8 a CDRP address minus 96 is the address of its IRP', () => {
  expect(CDRP$C_IRP).toBe(96);
});

test('appE#9 IRP$L_BCNT is an unaligned longword at 32 whose low word is IRP$W_BCNT', () => {
  const memory = new ArrayMemory(new Uint8Array(IRP.size));
  IRP.at(memory, 0).IRP$L_BCNT = 0x12345;
  expect(IRP.offset.IRP$L_BCNT).toBe(0x32);
  expect(IRP.at(memory, 0).IRP$W_BCNT).toBe(0x2345);
});

test('appE#10 appB#1 appB#2 ACB$B_RMOD, at 11: KAST 80, QUOTA 40, NODELETE 20, PKAST 10, MODE bits 1:0; length 28', () => {
  expect(ACB.offset.ACB$B_RMOD).toBe(11);
  expect([ACB$M_KAST, ACB$M_QUOTA, ACB$M_NODELETE, ACB$M_PKAST]).toEqual([0x80, 0x40, 0x20, 0x10]);
  expect(ACB.mask).toEqual({ ACB$V_KAST: 0x80, ACB$V_QUOTA: 0x40, ACB$V_NODELETE: 0x20, ACB$V_PKAST: 0x10, ACB$V_MODE: 3 });
  expect(ACB.size).toBe(28);
});

test('appE#11 every pool structure has its size word at 8 and its type byte at 10', () => {
  for (const [type, layout] of STRUCTURE_BY_TYPE) {
    const at = layout.offset as Record<string, number>;
    const typeField = Object.keys(at).find((name) => /\$B_(CD_)?TYPE$/.test(name));
    const sizeField = Object.keys(at).find((name) => /\$W_(CDRP)?SIZE$/.test(name));
    expect([type, at[typeField ?? ''], at[sizeField ?? '']]).toEqual([type, 10, 8]);
    expect(dyn.DYN_NAMES.has(type)).toBe(true);
  }
});

test('appE#12 FORMAT chooses by type byte: 16 UCB, 12 PCB, 10 IRP, 64 LNMB', () => {
  expect([16, 12, 10, 64].map((type) => STRUCTURE_BY_TYPE.get(type)?.prefix)).toEqual(['UCB', 'PCB', 'IRP', 'LNMB']);
  const unit = (size: number, deviceClass: number): readonly string[] => {
    const memory = new ArrayMemory(new Uint8Array(size));
    memory.writeWord(8, size);
    memory.writeByte(10, 16);
    memory.writeByte(UCB.offset.UCB$B_DEVCLASS, deviceClass);
    return structureAt(memory, 0)!.fields.map(({ name }) => name);
  };
  expect(unit(372, 66)).toContain('UCB$L_TT_TYPAHD');
  expect(unit(252, 1)).toContain('UCB$W_DIRSEQ');
  expect(unit(252, 2)).toContain('UCB$L_RECORD');
  expect(unit(160, 67)).toContain('UCB$W_LP_CURSOR');
  expect(unit(144, 160).at(-1)).toBe('UCB$L_LOGADR');
});

test('appE#13 logical name blocks are typed 64; 11 is the V3 one', () => {
  expect([dyn.DYN$C_LNM, dyn.DYN$C_LOG]).toEqual([64, 11]);
});

test('appE#14 types: page file 35, lock 53, resource 54, lock ID table 55, resource hash table 56', () => {
  expect([dyn.DYN$C_PFL, dyn.DYN$C_LKB, dyn.DYN$C_RSB, dyn.DYN$C_LKID, dyn.DYN$C_RSHT]).toEqual([35, 53, 54, 55, 56]);
});

test('appE#15 SPECIAL and SHRBUFIO share code 128', () => {
  expect([dyn.DYN$C_SPECIAL, dyn.DYN$C_SHRBUFIO]).toEqual([128, 128]);
});

test('appE#16 IPL symbols', () => {
  expect([ipl.IPL$_SYNCH, ipl.IPL$_TIMER, ipl.IPL$_SCS, ipl.IPL$_QUEUEAST, ipl.IPL$_MAILBOX, ipl.IPL$_HWCLK]).toEqual([8, 8, 8, 6, 11, 24]);
});

test('appE#17 a DPT is 56 bytes with the size of the whole driver at 8', () => {
  expect([DPT.size, DPT.offset.DPT$W_SIZE, DPT.offset.DPT$T_NAME]).toEqual([56, 8, 0x20]);
});

test('appE#19 ACEs start at offset 12 of an ACL segment', () => {
  expect(ACL.size).toBe(12);
});

test('appE#21 a mutex is one longword: owner count and status', () => {
  expect(MTX.size).toBe(4);
  const memory = new ArrayMemory(new Uint8Array(4));
  MTX.at(memory, 0).MTX$V_WRT = 1;
  expect(memory.readLong(0)).toBe(0x10000);
});

test('appE#22 a CCB is 16 bytes', () => {
  expect([CCB.size, CCB.offset.CCB$B_AMOD, CCB.offset.CCB$W_IOC, CCB.offset.CCB$L_DIRP]).toEqual([16, 9, 10, 12]);
});

test('appE#23 a window is 48 bytes and six for each extent', () => {
  expect([WCB.size, WCBMAP.size, WCBMAP.offset.WCB$L_P1_LBN]).toEqual([48, 6, 2]);
});

test('appE#24 type codes of IRP, UCB, IDB, fork block and ACB', () => {
  expect([dyn.DYN$C_IRP, dyn.DYN$C_UCB, dyn.DYN$C_IDB, dyn.DYN$C_FRK, dyn.DYN$C_ACB]).toEqual([10, 16, 9, 8, 2]);
  expect(dyn.DYN$C_JIB).toBe(47);
});

test('appE#25 boot device codes: 64 the console block storage device, 17 a UDA disk', () => {
  expect([BTD$K_CONSOLE, BTD$K_UDA]).toEqual([64, 17]);
});

test('sizes the book prints', () => {
  expect(Object.fromEntries([FKB, TQE, CEB, WQH, DDB, CRB, IDB, PQB, SB, TWP, LNMTH, LNMC, SEC, PFL].map((s) => [s.prefix, s.size]))).toEqual({
    FKB: 24, TQE: 48, CEB: 56, WQH: 12, DDB: 68, CRB: 108, IDB: 56, PQB: 2248, SB: 104, TWP: 48, LNMTH: 37, LNMC: 128, SEC: 32, PFL: 36,
  });
  expect([CRB$K_LENGTH_ONE, CRB$K_LENGTH_CONSOLE, IDB.offset.IDB$R_UCBLST + 8]).toEqual([72, 84, 32]);
  expect(CEB.offset.CEB$L_WQFL).toBe(0x14);
  expect(FCB.offset.FCB$R_ORB + ORB.offset.ORB$L_ACLFL).toBe(FCB.offset.FCB$L_ACLFL);
  expect([SEC.offset.SEC$B_PFC, SEC.offset.SEC$L_WINDOW, SEC.offset.SEC$L_VBN]).toEqual([PFL.offset.PFL$B_PFC, PFL.offset.PFL$L_WINDOW, PFL.offset.PFL$L_VBN]);
  expect(GSD.offset.GSD$W_SIZE).toBe(8);
  expect(RSB.offset.RSB$B_RSNLEN).toBe(RSB.size - 1);
});

test('no structure declares two fields with one name, and every field lies inside', () => {
  for (const layout of STRUCTURES) for (const field of layout.fields) expect(field.offset + field.size).toBeLessThanOrEqual(layout.size);
});

test('page table entries come apart and go together again', () => {
  const samples: readonly Pte[] = [
    { kind: 'null' }, { kind: 'valid', prot: PRT$C_URKW, owner: 3, modify: true, window: false, pfn: 0x1234 },
    { kind: 'demand-zero', prot: 4, owner: 3 }, { kind: 'transition', prot: 4, owner: 3, pfn: 77 }, { kind: 'global', prot: PRT$C_UR, owner: 0, gptx: 0x12345 },
    { kind: 'page-file', prot: 4, owner: 3, vbn: 0 }, { kind: 'section', prot: 4, owner: 3, stx: -8, crf: true, dzro: false, wrt: true },
  ];
  for (const sample of samples) expect(decodePte(encodePte(sample))).toEqual(sample);
  expect(encodePte({ kind: 'valid', prot: PRT$C_UR, owner: 0, modify: false, window: true, pfn: 5 })).toBe(0xf8200005);
});

test('protection codes: an inner mode may do what an outer one may, and writing implies reading', () => {
  expect(protectionAllows(PRT$C_SREW, 2, false)).toBe(true);
  expect(protectionAllows(PRT$C_SREW, 2, true)).toBe(false);
  expect(protectionAllows(PRT$C_SREW, 1, true)).toBe(true);
  expect(protectionAllows(PRT$C_UR, 0, true)).toBe(false);
  for (let code = 0; code < 16; code += 1) for (let mode = 0; mode < 4; mode += 1) {
    if (protectionAllows(code, mode, true)) expect(protectionAllows(code, mode, false)).toBe(true);
  }
});

test('scheduler tables', () => {
  expect(SCH_STATE_NAMES[14]).toBe('CUR');
  expect([B_PINC[PRI$_RESAVL], B_PINC[PRI$_TIMER], B_PINC[PRI$_TICOM]]).toEqual([3, 3, 6]);
  expect(RSN_NAMES).toHaveLength(15);
});
