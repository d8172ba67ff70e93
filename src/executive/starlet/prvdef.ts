/*
 * Privileges: bit numbers in the privilege quadwords, and masks of those that lie in the low longword. Values of the public $PRVDEF.
 */

// bits
export const PRV$V_CMKRNL = 0;
export const PRV$V_CMEXEC = 1;
export const PRV$V_SYSNAM = 2;
export const PRV$V_GRPNAM = 3;
export const PRV$V_ALLSPOOL = 4;
export const PRV$V_DETACH = 5;
export const PRV$V_DIAGNOSE = 6;
export const PRV$V_LOG_IO = 7;
export const PRV$V_GROUP = 8;
export const PRV$V_ACNT = 9;
export const PRV$V_PRMCEB = 10;
export const PRV$V_PRMMBX = 11;
export const PRV$V_PSWAPM = 12;
export const PRV$V_ALTPRI = 13;
export const PRV$V_SETPRV = 14;
export const PRV$V_TMPMBX = 15;
export const PRV$V_WORLD = 16;
export const PRV$V_MOUNT = 17;
export const PRV$V_OPER = 18;
export const PRV$V_EXQUOTA = 19;
export const PRV$V_NETMBX = 20;
export const PRV$V_VOLPRO = 21;
export const PRV$V_PHY_IO = 22;
export const PRV$V_BUGCHK = 23;
export const PRV$V_PRMGBL = 24;
export const PRV$V_SYSGBL = 25;
export const PRV$V_PFNMAP = 26;
export const PRV$V_SHMEM = 27;
export const PRV$V_SYSPRV = 28;
export const PRV$V_BYPASS = 29;
export const PRV$V_SYSLCK = 30;
export const PRV$V_SHARE = 31;
export const PRV$V_UPGRADE = 32;
export const PRV$V_DOWNGRADE = 33;
export const PRV$V_GRPPRV = 34;
export const PRV$V_READALL = 35;
export const PRV$V_TMPJNL = 36;
export const PRV$V_PRMJNL = 37;
export const PRV$V_SECURITY = 38;
export const PRV$V_NOACNT = 9;
export const PRV$V_SETPRI = 13;

// masks of the low longword
export const PRV$M_CMKRNL = 0x1;
export const PRV$M_CMEXEC = 0x2;
export const PRV$M_SYSNAM = 0x4;
export const PRV$M_GRPNAM = 0x8;
export const PRV$M_ALLSPOOL = 0x10;
export const PRV$M_DETACH = 0x20;
export const PRV$M_DIAGNOSE = 0x40;
export const PRV$M_LOG_IO = 0x80;
export const PRV$M_GROUP = 0x100;
export const PRV$M_ACNT = 0x200;
export const PRV$M_PRMCEB = 0x400;
export const PRV$M_PRMMBX = 0x800;
export const PRV$M_PSWAPM = 0x1000;
export const PRV$M_ALTPRI = 0x2000;
export const PRV$M_SETPRV = 0x4000;
export const PRV$M_TMPMBX = 0x8000;
export const PRV$M_WORLD = 0x10000;
export const PRV$M_MOUNT = 0x20000;
export const PRV$M_OPER = 0x40000;
export const PRV$M_EXQUOTA = 0x80000;
export const PRV$M_NETMBX = 0x100000;
export const PRV$M_VOLPRO = 0x200000;
export const PRV$M_PHY_IO = 0x400000;
export const PRV$M_BUGCHK = 0x800000;
export const PRV$M_PRMGBL = 0x1000000;
export const PRV$M_SYSGBL = 0x2000000;
export const PRV$M_PFNMAP = 0x4000000;
export const PRV$M_SHMEM = 0x8000000;
export const PRV$M_SYSPRV = 0x10000000;
export const PRV$M_BYPASS = 0x20000000;
export const PRV$M_SYSLCK = 0x40000000;
export const PRV$M_SHARE = 0x80000000;

/** Names by bit number. */
export const PRIVILEGE_NAMES: readonly string[] = [
  'CMKRNL', 'CMEXEC', 'SYSNAM', 'GRPNAM', 'ALLSPOOL', 'DETACH', 'DIAGNOSE', 'LOG_IO', 'GROUP', 'ACNT', 'PRMCEB', 'PRMMBX', 'PSWAPM',
  'ALTPRI', 'SETPRV', 'TMPMBX', 'WORLD', 'MOUNT', 'OPER', 'EXQUOTA', 'NETMBX', 'VOLPRO', 'PHY_IO', 'BUGCHK', 'PRMGBL', 'SYSGBL',
  'PFNMAP', 'SHMEM', 'SYSPRV', 'BYPASS', 'SYSLCK', 'SHARE', 'UPGRADE', 'DOWNGRADE', 'GRPPRV', 'READALL', 'TMPJNL', 'PRMJNL',
  'SECURITY',
];

/** Mask of one privilege within the quadword. */
export function privilegeMask(bit: number): bigint {
  return 1n << BigInt(bit);
}

/** Does the privilege quadword have bit `bit`? */
export function hasPrivilege(mask: bigint, bit: number): boolean {
  return ((mask >> BigInt(bit)) & 1n) !== 0n;
}
