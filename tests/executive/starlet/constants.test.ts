import { expect, test } from 'vitest';
import { FAB, FAB$C_BLN } from '../../../src/executive/starlet/fabdef.js';
import { NAM, NAM$C_BLN } from '../../../src/executive/starlet/namdef.js';
import { PRIVILEGE_NAMES, PRV$V_SECURITY, hasPrivilege, privilegeMask } from '../../../src/executive/starlet/prvdef.js';
import { RAB, RAB$C_BLN } from '../../../src/executive/starlet/rabdef.js';
import { RMS$_DNF, RMS$_EOF, RMS$_FNF, RMS$_RSZ, RMS$_SYN } from '../../../src/executive/starlet/rmsdef.js';
import * as ssdef from '../../../src/executive/starlet/ssdef.js';
import { STS$K_SEVERE, facilityOf, failed, sameCondition, severityOf } from '../../../src/executive/starlet/stsdef.js';
import { RMS_STRUCTURES, STARLET_SYMBOLS, starletSymbol, statusName } from '../../../src/executive/starlet/symbols.js';

test('status codes have the values every VMS program knows', () => {
  expect([ssdef.SS$_NORMAL, ssdef.SS$_ACCVIO, ssdef.SS$_BADPARAM, ssdef.SS$_EXQUOTA, ssdef.SS$_NOPRIV, ssdef.SS$_ABORT]).toEqual([1, 0xc, 0x14, 0x1c, 0x24, 0x2c]);
  expect([ssdef.SS$_INSFMEM, ssdef.SS$_NONEXPR, ssdef.SS$_IVCHAN, ssdef.SS$_NOSUCHDEV, ssdef.SS$_ENDOFFILE, ssdef.SS$_WASSET]).toEqual([0x124, 0x8e8, 0x13c, 0x908, 0x870, 9]);
  expect([ssdef.SS$_CONTROLC, ssdef.SS$_CONTROLY, ssdef.SS$_CANCEL, ssdef.SS$_TIMEOUT, ssdef.SS$_UNWIND, ssdef.SS$_RESIGNAL]).toEqual([0x651, 0x611, 0x830, 0x22c, 0x920, 0x918]);
  expect([RMS$_FNF, RMS$_EOF, RMS$_DNF, RMS$_RSZ, RMS$_SYN]).toEqual([98962, 98938, 114762, 100004, 100052]);
  expect(Object.keys(ssdef).length).toBeGreaterThan(200);
});

test('severity, facility and identity of a status', () => {
  expect([severityOf(ssdef.SS$_ACCVIO), facilityOf(RMS$_FNF), failed(RMS$_FNF)]).toEqual([STS$K_SEVERE, 1, true]);
  expect(sameCondition(ssdef.SS$_NORMAL, 0x10000001)).toBe(true);
  expect(statusName(ssdef.SS$_NOPRIV)).toBe('SS$_NOPRIV');
  expect(statusName(0x10000000 | ssdef.SS$_ACCVIO)).toBe('SS$_ACCVIO');
});

test('two codes of one module never share a value, but for the documented synonyms', () => {
  const synonyms = new Set(['SS$_WASCLR', 'SS$_CONTINUE', 'SS$_REMEMBER']);
  const seen = new Map<number, string>();
  for (const [name, value] of Object.entries(ssdef)) {
    if (synonyms.has(name)) continue;
    expect(seen.get(value), name).toBeUndefined();
    seen.set(value, name);
  }
});

test('the FAB is 80 bytes, the RAB 68, the NAM 96; their public offsets', () => {
  expect([FAB.size, RAB.size, NAM.size]).toEqual([FAB$C_BLN, RAB$C_BLN, NAM$C_BLN]);
  expect(FAB.offset).toMatchObject({ FAB$L_STS: 8, FAB$L_XAB: 0x24, FAB$L_NAM: 0x28, FAB$L_FNA: 0x2c, FAB$B_FNS: 0x34, FAB$L_DEV: 0x40 });
  expect(RAB.offset).toMatchObject({ RAB$L_STS: 8, RAB$W_USZ: 0x20, RAB$W_RSZ: 0x22, RAB$L_UBF: 0x24, RAB$L_FAB: 0x3c });
  expect(NAM.offset).toMatchObject({ NAM$L_RSA: 4, NAM$L_ESA: 0xc, NAM$T_DVI: 0x14, NAM$L_FNB: 0x34, NAM$L_NODE: 0x40 });
  for (const [name, structure] of RMS_STRUCTURES) if (name.startsWith('XAB')) expect(structure.offset['XAB$L_NXT']).toBe(4);
});

test('symbols: constants, bits, offsets, vectors', () => {
  expect([starletSymbol('SS$_NOPRIV'), starletSymbol('IO$_READVBLK'), starletSymbol('FAB$M_NAM'), starletSymbol('FAB$V_NAM')]).toEqual([0x24, 49, 0x1000000, 24]);
  expect([starletSymbol('FAB$L_FNA'), starletSymbol('SYS$EXIT'), starletSymbol('JPI$_PID'), starletSymbol('NO$SUCH')]).toEqual([0x2c, 0x7ffedf40, 0x319, undefined]);
  expect(STARLET_SYMBOLS.size).toBeGreaterThan(1500);
});

test('privileges by bit number', () => {
  expect(PRIVILEGE_NAMES[PRV$V_SECURITY]).toBe('SECURITY');
  expect([PRIVILEGE_NAMES[0], PRIVILEGE_NAMES[14], PRIVILEGE_NAMES[28]]).toEqual(['CMKRNL', 'SETPRV', 'SYSPRV']);
  expect(hasPrivilege(privilegeMask(38), 38)).toBe(true);
});
