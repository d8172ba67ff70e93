import { restartChecksum } from '../../emulator/restart.js';
import * as PR from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { PTE$M_PFN } from '../structures/pte.js';
import { RPB } from '../structures/rpb.js';

/**
 * The restart parameter block, by which the console finds the way back into the system. SYSBOOT writes where it is and that it is not to
 * be used yet; EXE$INIT the rest, when there is enough of the system to go on with. @source book 24.2.3, 26.2.1; digest ch26 1.1
 */
const PAGE = 512;

/** Restart is inhibited: bit 0 of RPB$L_RSTRTFLG. */
export const RESTART_INHIBITED = 1;

function physical(k: Kernel, address: number): number {
  const pte = k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((address & 0x3fffffff) >>> 9));
  return (pte & PTE$M_PFN) * PAGE + (address & (PAGE - 1));
}

/** From here on a restart is possible. EXE$INIT, mapping on. */
export function fillRestartBlock(k: Kernel): void {
  const rpb = RPB.at(k, k.sys.EXE$GL_RPB);
  const routine = physical(k, k.symbol('EXE$RESTART'));
  rpb.RPB$L_BASE = physical(k, rpb.address);
  rpb.RPB$L_RESTART = routine;
  rpb.RPB$L_CHKSUM = restartChecksum(k.machine.memory.view, routine);
  rpb.RPB$L_SVASPT = k.sys.MMG$GL_SPTBASE;
  rpb.RPB$L_SBR = k.cpu.readPR(PR.PR$_SBR);
  rpb.RPB$L_SLR = k.cpu.readPR(PR.PR$_SLR);
  rpb.RPB$L_SCBB = k.cpu.readPR(PR.PR$_SCBB);
  rpb.RPB$L_ISP = 0;
  rpb.RPB$L_RSTRTFLG = 0;
}
