import { gap, structure } from './structure.js';

/**
 * Job information block: quotas pooled by all processes of a job. PCB$L_JIB of each of them points here. Nonpaged pool.
 * @source book Figure E-12; digest appE; digest ch20 1.2
 */
export const JIB = structure('JIB', 116, {
  0x00: ['JIB$L_MTLFL', 'job mounted volume list head'],
  0x04: ['JIB$L_MTLBL', 'backward link'],
  0x08: ['JIB$W_SIZE', 'structure size in bytes'],
  0x0a: ['JIB$B_TYPE', 'DYN$C_JIB = 47 (see type table)'],
  0x0b: ['JIB$B_DAYTYPES', 'primary/secondary day mask'],
  0x0c: ['JIB$T_USERNAME', 12, 'user name, blank filled'],
  0x18: ['JIB$T_ACCOUNT', 8, 'account, blank filled'],
  0x20: ['JIB$L_BYTCNT', 'buffered byte count remaining'],
  0x24: ['JIB$L_BYTLM', 'byte limit'],
  0x28: ['JIB$L_PBYTCNT', 'paged pool byte count remaining'],
  0x2c: ['JIB$L_PBYTLIM', ''],
  0x30: ['JIB$W_FILCNT', 'open files remaining'],
  0x32: ['JIB$W_FILLM', 'open file limit'],
  0x34: ['JIB$W_TQCNT', 'timer entries remaining'],
  0x36: ['JIB$W_TQLM', 'timer entry limit'],
  0x38: ['JIB$L_PGFLQUOTA', 'page file limit'],
  0x3c: ['JIB$L_PGFLCNT', 'page file pages remaining'],
  0x40: ['JIB$L_CPULIM', 'CPU time limit of the job'],
  0x44: ['JIB$W_PRCCNT', 'subprocesses in job'],
  0x46: ['JIB$W_PRCLIM', 'subprocess limit'],
  0x48: ['JIB$W_SHRFCNT', 'shared files remaining'],
  0x4a: ['JIB$W_SHRFLIM', ''],
  0x4c: ['JIB$W_ENQCNT', 'locks remaining'],
  0x4e: ['JIB$W_ENQLM', 'lock limit'],
  0x50: ['JIB$W_MAXJOBS', 'processes allowed for the user (UAF)'],
  0x52: ['JIB$W_MAXDETACH', 'detached processes allowed (UAF)'],
  0x54: ['JIB$L_MPID', 'PID of master process of the job'],
  0x58: ['JIB$L_JLNAMFL', 'jobwide logical names (old); unused'],
  0x5c: ['JIB$L_JLNAMBL', 'backward link'],
  0x60: ['JIB$L_PDAYHOURS', 'primary day hours'],
  0x64: ['JIB$L_ODAYHOURS', 'off day hours'],
  0x68: ['JIB$B_JOBTYPE', 'job type: 0 detached, 1 network, 2 batch, 3 local, 4 dialup, 5 remote'],
  0x69: gap(3, 'unused'),
  0x6c: ['JIB$L_ORG_BYTLM', 'original BYTLM'],
  0x70: ['JIB$L_ORG_PBYTLM', 'original PBYTLM'],
});

export const JIB$C_DETACHED = 0;
export const JIB$C_NETWORK = 1;
export const JIB$C_BATCH = 2;
export const JIB$C_LOCAL = 3;
export const JIB$C_DIALUP = 4;
export const JIB$C_REMOTE = 5;
