import type { Kernel } from '../kernel.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { pageFileBacking, primaryPageFile } from './backing-store.js';
import { initializeModifiedWriter } from './modified-writer.js';
import { initializePageFiles } from './page-file.js';

/** What EXE$INIT does for memory management (chapter 25.1). */
const PAGE = 512;

/**
 * The system header as a process header: working set list of SYSMWCNT entries and, from its high end down, the global section table. The
 * system has no page tables in it. Paged pool may be touched from here on.
 *
 * @source book 14.3, Appendix F.2; digest ch14 1.8
 */
export function initializeSystemHeader(k: Kernel, pages: number): void {
  const pcb = PCB.at(k, k.symbol('MMG$AL_SYSPCB'));
  const phd = PHD.at(k, k.sys.MMG$GL_SYSPHD);
  pcb.PCB$L_PHD = phd.address;
  phd.PHD$W_WSLIST = PHD.size >>> 2;
  phd.PHD$W_WSLOCK = phd.PHD$W_WSDYN = phd.PHD$W_WSLIST;
  phd.PHD$W_WSNEXT = phd.PHD$W_WSLIST - 1;
  phd.PHD$W_WSSIZE = k.sys.SGN$GW_SYSDWSCT;
  phd.PHD$W_WSLAST = phd.PHD$W_WSLIST + k.sys.SGN$GW_SYSDWSCT - 1;
  phd.PHD$W_WSQUOTA = phd.PHD$W_WSAUTH = phd.PHD$W_WSEXTENT = phd.PHD$W_WSAUTHEXT = phd.PHD$W_WSLAST;
  phd.PHD$W_WSFLUID = k.sys.SGN$GW_MINWSCNT;
  phd.PHD$L_PAGFIL = pageFileBacking(primaryPageFile(k), 0);
  phd.PHD$L_PSTBASOFF = pages * PAGE;
  phd.PHD$W_PHVINDEX = k.sys.SGN$GL_BALSETCT;
  phd.PHD$B_DFPFC = k.sys.SGN$GB_SYSPFC;
  phd.PHD$B_PGTBPFC = 1;
  phd.PHD$L_P1LR = 0x200000;
}

/** The vector of page and swap files, still without any, and the modified page writer's arrays. @param allocate  a zeroed table in nonpaged pool */
export function initializePaging(k: Kernel, allocate: (bytes: number) => number): void {
  initializePageFiles(k, allocate(4 * (k.sys.SGN$GW_SWPFILES + k.sys.SGN$GW_PAGFILCT + 1)));
  initializeModifiedWriter(k, allocate);
}
