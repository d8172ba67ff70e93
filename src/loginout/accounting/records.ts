import { ACM } from '../../executive/process/account.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import type { Memory } from '../../executive/structures/memory.js';
import { gap, structure } from '../../executive/structures/structure.js';

/**
 * Records of the accounting file, SYS$MANAGER:ACCOUNTNG.DAT: a head, and behind it what the executive reports of a process (ACM), or a text.
 * choice: the layout is ours, not that of $ACRDEF. @source book 29.1.1
 */
export const ACR = structure('ACR', 8, {
  0x00: ['ACR$W_TYPE', 'kind of record, SJC$V_ACCT_PROCESS, _PRINT, _MESSAGE'],
  0x02: ['ACR$W_SUBTYPE', 'kind of process, SJC$V_ACCT_BATCH ...'],
  0x04: gap(4, 'spare'),
});

/** A record about a print job; the job's and the queue's name follow, counted. */
export const ACP = structure('ACP', 56, {
  0x00: ['ACP$L_STATUS', 'final status'],
  0x04: ['ACP$L_ENTRY', 'entry number'],
  0x08: ['ACP$L_UIC', ''],
  0x0c: ['ACP$T_USERNAME', 12, 'blank filled'],
  0x18: ['ACP$T_ACCOUNT', 8, 'blank filled'],
  0x20: ['ACP$Q_STARTED', ''],
  0x28: ['ACP$Q_ENDED', ''],
  0x30: ['ACP$L_BLOCKS', 'blocks of its files'],
  0x34: gap(4, 'spare'),
});

/** Names of the kinds, as SET ACCOUNTING has them. */
export const ACCOUNTING_TYPES: readonly (readonly [name: string, bit: number])[] = [
  ['PROCESS', sjc.SJC$V_ACCT_PROCESS], ['IMAGE', sjc.SJC$V_ACCT_IMAGE], ['INTERACTIVE', sjc.SJC$V_ACCT_INTERACTIVE], ['LOGIN_FAILURE', sjc.SJC$V_ACCT_LOGIN_FAILURE],
  ['SUBPROCESS', sjc.SJC$V_ACCT_SUBPROCESS], ['DETACHED', sjc.SJC$V_ACCT_DETACHED], ['BATCH', sjc.SJC$V_ACCT_BATCH], ['NETWORK', sjc.SJC$V_ACCT_NETWORK],
  ['PRINT', sjc.SJC$V_ACCT_PRINT], ['MESSAGE', sjc.SJC$V_ACCT_MESSAGE],
];

/** Which kind of process a report is about. @param batch  PCB$V_BATCH, network, inter as they stand in ACM$L_STS */
export function subtypeOf(memory: Memory, acm: number, bits: { readonly batch: number; readonly network: number; readonly interactive: number }): number {
  const { ACM$L_STS: status, ACM$L_OWNER: owner } = ACM.at(memory, acm);
  if (owner !== 0) return sjc.SJC$V_ACCT_SUBPROCESS;
  if (status & bits.batch) return sjc.SJC$V_ACCT_BATCH;
  if (status & bits.network) return sjc.SJC$V_ACCT_NETWORK;
  return status & bits.interactive ? sjc.SJC$V_ACCT_INTERACTIVE : sjc.SJC$V_ACCT_DETACHED;
}
