import type { Kernel } from '../kernel.js';
import { hasPrivilege } from '../names/protection.js';
import { channelMode, IOC$VERIFYCHAN, type ChannelBlock } from '../io/channels.js';
import { DEV$M_DIR, DEV$M_FOD } from '../starlet/devdef.js';
import { PRV$V_BYPASS, PRV$V_GRPPRV, PRV$V_PFNMAP, PRV$V_PRMGBL, PRV$V_READALL, PRV$V_SYSGBL, PRV$V_SYSPRV } from '../starlet/prvdef.js';
import {
  SEC$M_CRF, SEC$M_DZRO, SEC$M_EXECUTE, SEC$M_EXPREG, SEC$M_GBL, SEC$M_NOPROTCHK, SEC$M_PAGFIL, SEC$M_PERM, SEC$M_PFNMAP, SEC$M_PROTECT, SEC$M_SHMGS, SEC$M_SYSGBL,
  SEC$M_WRT, SEC$M_WRTMOD,
} from '../starlet/secdef.js';
import { SS$_IVCHAN, SS$_IVCHNLSEC, SS$_IVSECFLG, SS$_NOPRIV, SS$_NORMAL, SS$_NOTFILEDEV, SS$_NOWRT } from '../starlet/ssdef.js';
import { UCB } from '../structures/ucb.js';
import { FCB, WCB } from '../structures/volume.js';
import type { Gsd } from './global-section.js';
import { windowOfChannel } from './section-table.js';

/** Who may create and map sections: flags that go together, privileges, the channel of a section file, protection of a global section. */
const KNOWN_FLAGS = SEC$M_GBL | SEC$M_CRF | SEC$M_DZRO | SEC$M_WRT | SEC$M_WRTMOD | SEC$M_PERM | SEC$M_SYSGBL | SEC$M_PFNMAP | SEC$M_EXPREG | SEC$M_PROTECT
  | SEC$M_PAGFIL | SEC$M_EXECUTE | SEC$M_NOPROTCHK | SEC$M_SHMGS;
const GLOBAL_ONLY = SEC$M_PERM | SEC$M_SYSGBL | SEC$M_PAGFIL | SEC$M_SHMGS;
/** Flags of inner modes: the image activator's. */
const INNER_FLAGS = SEC$M_PROTECT | SEC$M_NOPROTCHK;
const EXECUTIVE = 1;

/**
 * Whether the flags of $CRMPSC make sense together and the process has the privileges for them.
 *
 * @returns SS$_NORMAL; SS$_IVSECFLG; SS$_NOPRIV without SYSGBL, PRMGBL or PFNMAP
 * @source System Services manual, $CRMPSC
 */
export function checkFlags(k: Kernel, flags: number): number {
  const has = (mask: number): boolean => (flags & mask) !== 0;
  const wrong = (flags & ~KNOWN_FLAGS) !== 0 || (!has(SEC$M_GBL) && has(GLOBAL_ONLY)) || (has(SEC$M_CRF) && has(SEC$M_PAGFIL))
    || (has(SEC$M_PFNMAP) && has(SEC$M_CRF | SEC$M_DZRO | SEC$M_PAGFIL)) || (k.callerMode > EXECUTIVE && has(INNER_FLAGS))
    || has(SEC$M_SHMGS);                       // no MA780 here
  if (wrong) return SS$_IVSECFLG;
  const needed = [[SEC$M_SYSGBL, PRV$V_SYSGBL], [SEC$M_PERM, PRV$V_PRMGBL], [SEC$M_PFNMAP, PRV$V_PFNMAP]] as const;
  return needed.some(([flag, privilege]) => has(flag) && !mayUse(k, privilege)) ? SS$_NOPRIV : SS$_NORMAL;
}

/** A privilege, or a caller in an inner mode, who needs none. */
export function mayUse(k: Kernel, privilege: number): boolean {
  return k.callerMode <= EXECUTIVE || hasPrivilege(k, privilege);
}

/** An open file for a section. */
export interface SectionFile {
  readonly ccb: ChannelBlock;
  readonly window: number;
  /** Blocks allocated to the file. */
  readonly blocks: number;
  readonly owner: number;
}

/**
 * The file on a channel, and whether a section with these flags may be made of it. Windows map the whole of their file here
 * (filesystem/xqp/control-blocks.ts), so they need not be extended.
 *
 * @returns the file; SS$_IVCHAN, SS$_NOPRIV the channel; SS$_NOTFILEDEV the device has no blocks of its own; SS$_IVCHNLSEC no file is open, or it is
 *   being closed; SS$_NOWRT the file was not opened for write
 */
export function sectionFile(k: Kernel, channel: number, flags: number): SectionFile | number {
  const found = IOC$VERIFYCHAN(k, channel & 0xffff);
  if (found.status !== SS$_NORMAL) return found.status;
  const { ccb } = found;
  const ucb = UCB.at(k, ccb.CCB$L_UCB);
  if ((ucb.UCB$L_DEVCHAR & (DEV$M_FOD | DEV$M_DIR)) !== (DEV$M_FOD | DEV$M_DIR) || channelMode(ccb) <= 0) return SS$_NOTFILEDEV;
  const window = windowOfChannel(k, ccb);
  if (ccb.CCB$L_DIRP !== 0) return SS$_IVCHNLSEC;
  if (window === 0) return SS$_IVCHAN;
  const wcb = WCB.at(k, window);
  if ((flags & SEC$M_WRT) !== 0 && (flags & SEC$M_CRF) === 0 && wcb.WCB$V_WRITE === 0) return SS$_NOWRT;
  const fcb = FCB.at(k, wcb.WCB$L_FCB);
  // A host directory has files, but no blocks on a disk that a page could be read from.
  if (wcb.WCB$W_NMAP === 0 && fcb.FCB$L_FILESIZE !== 0) return SS$_NOTFILEDEV;
  return { ccb, window, blocks: fcb.FCB$L_FILESIZE, owner: fcb.FCB$L_FILEOWNER };
}

/** A window is used by one more: the channel that it was made for, sections, known files. The last one closes the file. */
export function shareWindow(k: Kernel, window: number): void {
  const wcb = WCB.at(k, window);
  if (wcb.WCB$V_SHRWCB === 0) {
    wcb.WCB$V_SHRWCB = 1;
    wcb.WCB$L_PID = 1;
  }
  wcb.WCB$W_REFCNT = wcb.WCB$W_REFCNT + 1;
}

const READ = 1;
const WRITE = 2;
const EXECUTE = 4;

/**
 * Protection of a global section: the mask of its creator, by UIC.
 *
 * @param flags  of the one who maps it: write access is asked for by WRT unless the section is copy on reference
 */
export function mayMap(k: Kernel, gsd: Gsd, flags: number): boolean {
  if ((flags & SEC$M_NOPROTCHK) !== 0) return true;
  const writes = (flags & SEC$M_WRT) !== 0 && gsd.GSD$V_CRF === 0;
  if (hasPrivilege(k, PRV$V_BYPASS) || (!writes && hasPrivilege(k, PRV$V_READALL))) return true;
  const uic = k.pcb.PCB$L_UIC;
  const owner = gsd.GSD$L_PCBUIC;
  const sameGroup = uic >>> 16 === owner >>> 16;
  const isSystem = uic >>> 16 <= k.sys.EXE$GL_SYSUIC || hasPrivilege(k, PRV$V_SYSPRV) || (sameGroup && hasPrivilege(k, PRV$V_GRPPRV));
  const denied = (category: number): number => (gsd.GSD$W_PROT >>> (4 * category)) & 15;
  const grants = (category: number): boolean => {
    const bits = denied(category);
    if (writes && (bits & WRITE) !== 0) return false;
    return (bits & READ) === 0 || (!writes && (flags & SEC$M_EXECUTE) !== 0 && (bits & EXECUTE) === 0);
  };
  return [isSystem, uic === owner, sameGroup, true].some((member, category) => member && grants(category));
}
