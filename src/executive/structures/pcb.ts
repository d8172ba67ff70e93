import { gap, structure } from './structure.js';

/**
 * Software process control block: the permanently resident information about a process. Found on the scheduling state queue of
 * its state, in SCH$GL_CURPCB, and through one element of the PCB vector (SCH$GL_PCBVEC, index = low word of PCB$L_PID). Nonpaged
 * pool; the null, swapper and system PCBs are static (module PDAT). Scheduler fields are protected by IPL$_SYNCH.
 *
 * choice: length 288. Appendix C prints 228 for the static PCBs (a digit slip); PGFLCHAR/PGFLINDEX share the longword of EFC2P,
 * SWAPSIZE that of EFC3P. choice: PRISAV, PRIBSAV, AUTHPRI and DPC, which the figure does not show, lie in the otherwise unused
 * PCB$L_WTIME. The access rights block starts at PCB$Q_PRIV; PCB$L_ARB points to it.
 * @source book Figure E-14; digest appE; digest ch10 1.1; digest ch12 Table 12-2
 */
export const PCB = structure('PCB', 288, {
  0x00: ['PCB$L_SQFL', 'state queue forward link (protected by IPL$_SYNCH)'],
  0x04: ['PCB$L_SQBL', 'state queue backward link'],
  0x08: ['PCB$W_SIZE', 'structure size in bytes'],
  0x0a: ['PCB$B_TYPE', 'DYN$C_PCB = 12'],
  0x0b: ['PCB$B_PRI', 'current software priority, stored inverted (see chapter 10 digest)'],
  0x0c: ['PCB$B_ASTACT', 'bit per access mode: AST active (the drawing misprints ACB$B_ASTACT)'],
  0x0d: ['PCB$B_ASTEN', 'bit per access mode: AST delivery enabled'],
  0x0e: ['PCB$W_MTXCNT', 'number of mutexes owned'],
  0x10: ['PCB$L_ASTQFL', 'AST queue listhead (ACBs)'],
  0x14: ['PCB$L_ASTQBL', 'backward link'],
  0x18: ['PCB$L_PHYPCB', 'physical address of the hardware PCB (written by the swapper; loaded into PR$_PCBB)'],
  0x1c: ['PCB$L_OWNER', 'internal PID of the creator, 0 if detached'],
  0x20: ['PCB$L_WSSWP', 'swap file location'],
  0x24: ['PCB$L_STS', 'status bits (PCB$V_RES, PCB$V_DELPEN, ... see chapter 10/12 digests)'],
  0x28: ['PCB$L_WTIME', 'time at start of wait (unused: see PRISAV)'],
  0x2c: ['PCB$W_STATE', 'scheduling state code'],
  0x2e: ['PCB$B_WEFC', 'event flag wait cluster number'],
  0x2f: ['PCB$B_PRIB', 'base priority'],
  0x30: ['PCB$W_APTCNT', 'active page table count'],
  0x32: ['PCB$W_TMBU', 'termination mailbox unit'],
  0x34: ['PCB$W_GPGCNT', 'global pages in working set'],
  0x36: ['PCB$W_PPGCNT', 'process-private pages in working set'],
  0x38: ['PCB$W_ASTCNT', 'AST quota remaining'],
  0x3a: ['PCB$W_BIOCNT', 'buffered I/O remaining'],
  0x3c: ['PCB$W_BIOLM', 'buffered I/O limit'],
  0x3e: ['PCB$W_DIOCNT', 'direct I/O remaining'],
  0x40: ['PCB$W_DIOLM', 'direct I/O limit'],
  0x42: ['PCB$W_PRCCNT', 'count of subprocesses owned'],
  0x44: ['PCB$T_TERMINAL', 8, 'terminal device name (counted)'],
  0x4c: ['PCB$L_EFWM', 'event flag wait mask (complemented), mutex address or resource number; PQB address during creation'],
  0x50: ['PCB$L_EFCS', 'local event flags 0-31'],
  0x54: ['PCB$L_EFCU', 'local event flags 32-63'],
  0x58: ['PCB$L_EFC2P', 'CEB of common cluster 2'],
  0x5c: ['PCB$L_EFC3P', 'CEB of common cluster 3'],
  0x60: ['PCB$L_PID', 'internal PID'],
  0x64: ['PCB$L_EPID', 'extended PID (the one users see)'],
  0x68: ['PCB$L_EOWNER', 'extended PID of owner'],
  0x6c: ['PCB$L_PHD', 'system address of the PHD (balance slot), valid while resident'],
  0x70: ['PCB$T_LNAME', 16, 'process name, counted string'],
  0x80: ['PCB$L_JIB', 'address of JIB'],
  0x84: ['PCB$Q_PRIV', 'current privilege mask; the ARB starts here'],
  0x8c: ['PCB$L_ARB', 'address of the ARB: points at PCB$Q_PRIV of the same PCB (self-pointer into this overlaid block)'],
  0x90: ['PCB$R_CLASS', 20, 'ARB: classification block'],
  0xa4: ['PCB$R_RIGHTSLIST', 16, 'ARB: addresses of rights list segments, 0 ends'],
  0xb4: ['PCB$R_RIGHTSDESC', 8, 'ARB: descriptor of the local rights list'],
  0xbc: ['PCB$L_UIC', 'UIC of process'],
  0xc0: ['PCB$R_LOCALRIGHTS', 60, 'ARB: rest of the local rights list (UIC is its first identifier)'],
  0xfc: ['PCB$L_ACLFL', 'ACL queue head'],
  0x100: ['PCB$L_ACLBL', 'backward link'],
  0x104: ['PCB$L_LOCKQFL', 'list of LKBs owned by this process'],
  0x108: ['PCB$L_LOCKQBL', 'backward link'],
  0x10c: ['PCB$L_DLCKPRI', 'deadlock resolution priority'],
  0x110: ['PCB$L_IPAST', 'vector of mode bits for IPASTs'],
  0x114: ['PCB$L_DEFPROT', 'default protection'],
  0x118: ['PCB$L_WAITIME', 'absolute time of last wait'],
  0x11c: ['PCB$L_PMB', 'page fault monitor control block address'],
}, {
  PCB$B_PRISAV: 0x28, PCB$B_PRIBSAV: 0x29, PCB$B_AUTHPRI: 0x2a, PCB$B_DPC: 0x2b, PCB$L_PQB: 0x4c, PCB$W_PGFLCHAR: 0x58,
  PCB$B_PGFLINDEX: 0x5a, PCB$L_SWAPSIZE: 0x5c, PCB$L_RIGHTSLIST: 0xa4, PCB$W_MEM: 0xbc, PCB$W_GRP: 0xbe,
}, {
  PCB$V_RES: ['PCB$L_STS', 0], PCB$V_DELPEN: ['PCB$L_STS', 1], PCB$V_FORCPEN: ['PCB$L_STS', 2], PCB$V_INQUAN: ['PCB$L_STS', 3],
  PCB$V_PSWAPM: ['PCB$L_STS', 4], PCB$V_RESPEN: ['PCB$L_STS', 5], PCB$V_SSFEXC: ['PCB$L_STS', 6], PCB$V_SSFEXCE: ['PCB$L_STS', 7],
  PCB$V_SSFEXCS: ['PCB$L_STS', 8], PCB$V_SSFEXCU: ['PCB$L_STS', 9], PCB$V_SSRWAIT: ['PCB$L_STS', 10], PCB$V_SUSPEN: ['PCB$L_STS', 11],
  PCB$V_WAKEPEN: ['PCB$L_STS', 12], PCB$V_WALL: ['PCB$L_STS', 13], PCB$V_BATCH: ['PCB$L_STS', 14], PCB$V_NOACNT: ['PCB$L_STS', 15],
  PCB$V_SWPVBN: ['PCB$L_STS', 16], PCB$V_ASTPEN: ['PCB$L_STS', 17], PCB$V_PHDRES: ['PCB$L_STS', 18], PCB$V_HIBER: ['PCB$L_STS', 19],
  PCB$V_LOGIN: ['PCB$L_STS', 20], PCB$V_NETWRK: ['PCB$L_STS', 21], PCB$V_PWRAST: ['PCB$L_STS', 22], PCB$V_NODELET: ['PCB$L_STS', 23],
  PCB$V_DISAWS: ['PCB$L_STS', 24], PCB$V_INTER: ['PCB$L_STS', 25], PCB$V_RECOVER: ['PCB$L_STS', 26], PCB$V_SECAUDIT: ['PCB$L_STS', 27],
  PCB$V_KAST_ACT: ['PCB$B_ASTACT', 0], PCB$V_EAST_ACT: ['PCB$B_ASTACT', 1], PCB$V_SAST_ACT: ['PCB$B_ASTACT', 2],
  PCB$V_UAST_ACT: ['PCB$B_ASTACT', 3],
  PCB$V_KAST_ENA: ['PCB$B_ASTEN', 0], PCB$V_EAST_ENA: ['PCB$B_ASTEN', 1], PCB$V_SAST_ENA: ['PCB$B_ASTEN', 2],
  PCB$V_UAST_ENA: ['PCB$B_ASTEN', 3],
});

export const PCB$K_LENGTH = PCB.size;

/**
 * Access rights block: the process rights and privileges that protection checks look at. Part of the PCB from PCB$Q_PRIV on, also
 * pointed at by IRP$L_ARB. Code that goes through PCB$L_ARB works unchanged.
 * @source book Figure E-3; digest appE
 */
export const ARB = structure('ARB', 120, {
  0x00: ['ARB$Q_PRIV', 'privilege mask'],
  0x08: gap(4, 'PCB$L_ARB when inside a PCB'),
  0x0c: ['ARB$R_CLASS', 20, 'classification block'],
  0x20: ['ARB$R_RIGHTSLIST', 16, 'addresses of rights list segments, 0 ends'],
  0x30: ['ARB$R_RIGHTSDESC', 8, 'descriptor of the local rights list'],
  0x38: ['ARB$L_UIC', 'UIC; first identifier of the local rights list'],
  0x3c: ['ARB$R_LOCALRIGHTS', 60, 'rest of the local rights list'],
}, {
  ARB$L_RIGHTSLIST: 0x20,
});
