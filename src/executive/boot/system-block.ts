import type { Kernel } from '../kernel.js';
import { SB } from '../structures/device.js';
import { bytesToText, readQuad, textToBytes, writeCounted } from '../structures/memory.js';
import { SYS$VERSION_TEXT } from '../structures/system-cells.js';

/** Software and hardware type of a node, as members of a VAXcluster see them. choice of the hardware's: `V` and the model, as public listings of SHOW CLUSTER have it */
const SWTYPE = 'VMS ';
const HWTYPE = 'V780';

/**
 * Fills the permanent local system block from the parameters SCSSYSTEMID, SCSSYSTEMIDH and SCSNODE, and makes it the only member of the list of
 * system blocks, SCS$GQ_CONFIG. choice: INIADP780's part, the hardware type, is done here too.
 * @source book 25.1.2 step 21, 25.1.3 (INIADPxxx)
 */
export function initializeLocalSystemBlock(k: Kernel): void {
  const address = k.symbol('SCS$GA_LOCALSB');
  const sb = SB.at(k, address);
  const { offset } = SB;
  k.writeLong(address + offset.SB$T_SYSTEMID, k.sys.SCS$GL_SYSTEMID);
  k.writeLong(address + offset.SB$T_SYSTEMID + 4, k.sys.SCS$GL_SYSTEMIDH & 0xffff);
  sb.SB$W_MAXDG = k.sys.SCS$GW_MAXDG;
  sb.SB$W_MAXMSG = k.sys.SCS$GW_MAXMSG;
  sb.SB$T_SWTYPE = textToBytes(SWTYPE);
  sb.SB$T_SWVERS = textToBytes(SYS$VERSION_TEXT.slice(0, 4));
  sb.SB$Q_SWINCARN = readQuad(k, k.symbol('EXE$GQ_BOOTTIME'));
  sb.SB$T_HWTYPE = textToBytes(HWTYPE);
  writeCounted(k, address + offset.SB$T_NODENAME, bytesToText(k.sys.SCS$T_NODENAME).replace(/[\0 ]+$/, ''), 16);
  const paths = address + offset.SB$L_PBFL;
  for (const header of [paths, k.symbol('SCS$GQ_CONFIG')]) k.initializeQueue(header);
  k.insertQueue(address, k.symbol('SCS$GQ_CONFIG'));
}
