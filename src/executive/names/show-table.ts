import { callRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_BUFFEROVF, SS$_NOLOGTAB, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { LNMB, LNMTH } from '../structures/lnm.js';
import { ORB } from '../structures/orb.js';
import { structure } from '../structures/structure.js';
import { namesInTable } from './listing.js';
import { lockedForRead } from './lock.js';
import { ACCESS_READ, LNM$CHECK_PROT } from './protection.js';
import { LNM$SETUP, LNM$TABLE } from './table-name.js';

/**
 * What SHOW LOGICAL gets of a table: this header, a copy of the LNMB of the table's name, then copies of the LNMBs of its
 * names, sorted. The SHOW image is installed with CMKRNL to look at the database itself. @source book 28.6; digest ch28 1.6
 */
export const LNS = structure('LNS', 16, {
  0x00: ['LNS$L_SIZE', 'bytes used, or needed'],
  0x04: ['LNS$L_COUNT', 'names'],
  0x08: ['LNS$L_OWNER', 'owner UIC of the table'],
  0x0c: ['LNS$W_PROT', 'protection word, set bits deny'],
  0x0e: ['LNS$B_FLAGS', 'LNMTH flags'],
  0x0f: ['LNS$B_READABLE', '1 when the caller may read the table; else no names follow'],
});

const USER = 3;

/** Table `index` of those a table name stands for; 0 when there are not that many. */
function tableAt(k: Kernel, tableName: string, index: number): number {
  const { context, first } = LNM$SETUP(k, tableName, USER);
  if (!context) return 0;
  let table = first;
  for (let skipped = 0; skipped < index && table.header !== 0; skipped += 1) table = LNM$TABLE(k, context);
  return table.header;
}

/** The result for one table as bytes. */
function snapshot(k: Kernel, header: number): Uint8Array {
  const table = LNMTH.at(k, header);
  const readable = LNM$CHECK_PROT(k, header, ACCESS_READ);
  const names = readable ? namesInTable(k, header) : [];
  const blocks = [table.LNMTH$L_NAME, ...names.map(({ lnmb }) => lnmb)].map((lnmb) => k.readBytes(lnmb, LNMB.at(k, lnmb).LNMB$W_SIZE));
  const size = LNS.size + blocks.reduce((sum, block) => sum + block.length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(LNS.offset.LNS$L_SIZE, size, true);
  view.setUint32(LNS.offset.LNS$L_COUNT, names.length, true);
  if (table.LNMTH$L_ORB !== 0) {
    const orb = ORB.at(k, table.LNMTH$L_ORB);
    view.setUint32(LNS.offset.LNS$L_OWNER, orb.ORB$L_OWNER, true);
    view.setUint16(LNS.offset.LNS$W_PROT, orb.ORB$W_PROT, true);
  }
  bytes[LNS.offset.LNS$B_FLAGS] = table.LNMTH$B_FLAGS;
  bytes[LNS.offset.LNS$B_READABLE] = readable ? 1 : 0;
  let at = LNS.size;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}

/**
 * LNM$SHOW_TABLE tabnam,index,buffer,size - for $CMKRNL: a copy of one of the tables that a table name stands for.
 *
 * @param tabnam  descriptor; @param index from 0; @param buffer at least LNS$K_LENGTH bytes
 * @returns SS$_NORMAL; SS$_BUFFEROVF with the size needed in LNS$L_SIZE; SS$_NOLOGTAB no such table (any more); SS$_NOPRIV not in kernel
 * mode; SS$_ACCVIO
 */
export const LNM$SHOW_TABLE = callRoutine('LNM$SHOW_TABLE', (k) => {
  if (k.cpu.currentMode !== 0) return SS$_NOPRIV;
  const [tabnam, index, buffer, size] = [k.argument(1), k.argument(2), k.argument(3), k.argument(4)];
  const name = k.callerString(tabnam);
  if (name === undefined || size < LNS.size || !k.callerCanWrite(buffer, size)) return SS$_ACCVIO;
  return lockedForRead(k, () => {
    const header = tableAt(k, name, index);
    if (header === 0) return SS$_NOLOGTAB;
    const bytes = snapshot(k, header);
    k.writeBytes(buffer, bytes.length <= size ? bytes : bytes.subarray(0, LNS.size));
    return bytes.length <= size ? SS$_NORMAL : SS$_BUFFEROVF;
  });
});
