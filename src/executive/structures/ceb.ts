import { structure } from './structure.js';

/**
 * Common event block: 32 common event flags and the queue of processes waiting for them. On SCH$GQ_CEBHD, list under EXE$GL_CEBMTX,
 * flags and waiters under IPL$_SYNCH. CEB+14 is a wait queue header. Nonpaged pool. @source book Figure 12-2; digest ch12 1.2
 */
export const CEB = structure('CEB', 56, {
  0x00: ['CEB$L_CEBFL', 'list forward link'],
  0x04: ['CEB$L_CEBBL', 'list backward link'],
  0x08: ['CEB$W_SIZE', 'structure size in bytes'],
  0x0a: ['CEB$B_TYPE', 'DYN$C_CEB'],
  0x0b: ['CEB$B_STS', 'status'],
  0x0c: ['CEB$L_PID', 'internal PID of the creator'],
  0x10: ['CEB$L_EFC', 'the 32 event flags'],
  0x14: ['CEB$L_WQFL', 'wait queue forward link'],
  0x18: ['CEB$L_WQBL', 'wait queue backward link'],
  0x1c: ['CEB$W_WQCNT', 'PCBs in the wait queue'],
  0x1e: ['CEB$W_WQSTATE', 'SCH$C_CEF'],
  0x20: ['CEB$L_UIC', 'UIC of the creator'],
  0x24: ['CEB$W_PROT', 'protection mask'],
  0x26: ['CEB$W_REFC', 'processes associated with the cluster'],
  0x28: ['CEB$T_EFCNAM', 16, 'cluster name, counted'],
}, { CEB$W_MEM: 0x20, CEB$W_GRP: 0x22 }, { CEB$V_NOQUOTA: ['CEB$B_STS', 0], CEB$V_PERM: ['CEB$B_STS', 1] });

/**
 * Wait queue header: one a wait state, in an array indexed by state (SCH$AQ_WQHDR + 12*state; no header for state 3), and one in each
 * CEB. Changed at IPL$_SYNCH. @source book ch. 10; digest ch10 1.3
 */
export const WQH = structure('WQH', 12, {
  0x00: ['WQH$L_WQFL', 'first waiting PCB, or this header when empty'],
  0x04: ['WQH$L_WQBL', 'last waiting PCB'],
  0x08: ['WQH$W_COUNT', 'PCBs in the queue'],
  0x0a: ['WQH$W_STATE', 'the PCB$W_STATE that every PCB here carries'],
}, { WQH$W_WQCNT: 0x08, WQH$W_WQSTATE: 0x0a });

export const WQH$K_LENGTH = WQH.size;
