import { callRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { findResident, MMG$MAP_RESIDENT } from '../memory/resident.js';
import { p0Pages, p1LowPage, PAGE_SIZE, setRegionLengths, writePte } from '../memory/page-tables.js';
import { PR$_USP } from '../starlet/prdef.js';
import { SS$_NORMAL, SS$_NOSUCHSEC, SS$_SYSVERDIF, SS$_VASFULL } from '../starlet/ssdef.js';
import { PRV$V_CMEXEC, PRV$V_CMKRNL } from '../starlet/prvdef.js';
import { channelBlock } from '../io/channels.js';
import { shareWindow } from '../memory/section-access.js';
import { windowOfChannel } from '../memory/section-table.js';
import { purgeWorkingSet } from '../memory/working-set-services.js';
import { ACCESS_READ, mayAccess } from '../names/protection.js';
import { KFE } from '../structures/kfe.js';
import { FCB, WCB } from '../structures/volume.js';
import { DONE_LIST, icbs } from './icb.js';
import { readText } from '../structures/memory.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../structures/p1-cells.js';
import { PHD } from '../structures/phd.js';

/**
 * The kernel mode subroutines of the image activator, which it calls through $CMKRNL; arguments are longwords of the list.
 * @source book 21.1; digest ch21 2.2-2.4
 */
const P1_BASE = 0x40000000;
const FIRST_IMAGE_PAGE = 1;
const USER = 3;

/**
 * Maps a resident image at the end of P0 (page 1 when P0 is empty) or below P1.
 *
 * Arguments: 1, 2 length and address of its name; 3 region; 4 owner mode; 5 address of three longwords: receives the first and last
 * address mapped and the transfer address. @returns SS$_NORMAL; SS$_NOSUCHSEC no such image; SS$_VASFULL
 */
function mapResident(k: Kernel): number {
  const gsd = findResident(k, readText(k, k.argument(2), k.argument(1)));
  if (!gsd) return SS$_NOSUCHSEC;
  const region = k.argument(3);
  const owner = k.argument(4);
  const pages = gsd.GSD$L_PAGES;
  const top = p0Pages(k);
  const bottom = p1LowPage(k);
  if (pages + FIRST_IMAGE_PAGE > PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_FREPTECNT) return SS$_VASFULL;
  let low: number;
  if (region === 0) {
    const first = Math.max(top, FIRST_IMAGE_PAGE);
    setRegionLengths(k, first + pages, bottom);
    // The page below an image stays without access, so that a null pointer shows.
    for (let page = top; page < first; page += 1) writePte(k, page * PAGE_SIZE, 0);
    low = first * PAGE_SIZE;
  } else {
    setRegionLengths(k, top, bottom - pages);
    low = P1_BASE + (bottom - pages) * PAGE_SIZE;
  }
  const transfer = MMG$MAP_RESIDENT(k, gsd, low, owner);
  const result = k.argument(5);
  k.writeLong(result, low);
  k.writeLong(result + 4, low + pages * PAGE_SIZE - 1);
  k.writeLong(result + 8, transfer);
  return SS$_NORMAL;
}

/** Pages at the high end of the user stack that stay free for the system: the parameter EXUSRSTK, in bytes. */
export function extraStackPages(k: Kernel): number {
  return Math.ceil(Math.min(k.sys.SGN$GL_EXUSRSTK, MOST_EXTRA_BYTES) / PAGE_SIZE);
}

const MOST_EXTRA_BYTES = 0x10000;

/** The new user stack: argument 1 its low, 2 its last address. The user's stack pointer stands EXUSRSTK bytes below the high end. */
function setUserStack(k: Kernel): number {
  const low = k.argument(1);
  const high = k.argument(2) + 1;
  k.writeLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$AL_STACK + 4 * USER, high);
  k.writeLong(CTL$GL_VECTORS + P1_CELLS.offset.CTL$AL_STACKLIM + 4 * USER, low);
  k.cpu.writePR(PR$_USP, high - extraStackPages(k) * PAGE_SIZE);
  return SS$_NORMAL;
}

/**
 * End of an activation. Arguments: 1 the image header buffer; 2, 3 the privileges the image header asks for; 4 known file entry or 0. The
 * working mask becomes (asked for AND permanent) OR installed. Without the system's version among the images it loses CMKRNL and CMEXEC.
 *
 * @returns SS$_NORMAL; SS$_SYSVERDIF
 * @source book 21.1.1.7; digest ch21 2.4
 */
function finishActivation(k: Kernel): number {
  const requested = BigInt(k.argument(2)) | (BigInt(k.argument(3)) << 32n);
  const installed = k.argument(4) === 0 ? 0n : KFE.at(k, k.argument(4)).KFE$Q_PROCPRIV;
  const outdated = icbs(k, DONE_LIST).some((icb) => icb.ICB$L_CONTEXT !== 0 && icb.ICB$L_CONTEXT !== systemVersion(k));
  const privileges = ((requested & k.p1.CTL$GQ_PROCPRIV) | installed) & (outdated ? ~CHANGE_MODE : ~0n);
  const phd = PHD.at(k, k.pcb.PCB$L_PHD);
  phd.PHD$Q_PRIVMSK = privileges;
  phd.PHD$Q_IMAGPRIV = installed;
  k.pcb.PCB$Q_PRIV = privileges;
  k.p1.CTL$GL_IMGHDRBF = k.argument(1);
  k.p1.CTL$GL_IMGLSTPTR = DONE_LIST;
  countKnown(k);
  // The image begins without what the command language interpreter and the activation left behind.
  purgeWorkingSet(k, 0, 0x7fffffff);
  return outdated ? SS$_SYSVERDIF : SS$_NORMAL;
}

const CHANGE_MODE = (1n << BigInt(PRV$V_CMKRNL)) | (1n << BigInt(PRV$V_CMEXEC));

/** What IHD$L_SYSVER is compared with: the version of the system, four characters. choice */
export function systemVersion(k: Kernel): number {
  return k.readLong(k.symbol('SYS$GQ_VERSION'));
}

/** Each known image among those activated now has been used once more. @source book 21.1.1.7 step 8; fact ch21#17 */
function countKnown(k: Kernel): number {
  for (const icb of icbs(k, DONE_LIST)) {
    if (icb.ICB$V_DONE !== 0) continue;
    icb.ICB$V_DONE = 1;
    if (icb.ICB$L_KFE === 0) continue;
    const kfe = KFE.at(k, icb.ICB$L_KFE);
    kfe.KFE$L_USECNT = kfe.KFE$L_USECNT + 1;
  }
  return SS$_NORMAL;
}

/** Argument 1: channel of an image file. @returns 1 when the process may read the file, 0 when it may only execute it */
function mayRead(k: Kernel): number {
  const window = windowOfChannel(k, channelBlock(k, k.argument(1)));
  return window === 0 || mayAccess(k, WCB.at(k, window).WCB$L_FCB + FCB.offset.FCB$L_FILEOWNER, ACCESS_READ) ? 1 : 0;
}

/** Arguments: 1 a channel to the device; 2 the window of an installed image that is kept open. The channel has the file open then. */
function shareImageWindow(k: Kernel): number {
  channelBlock(k, k.argument(1)).CCB$L_WIND = k.argument(2);
  shareWindow(k, k.argument(2));
  return SS$_NORMAL;
}

export const ACTIVATION_ROUTINES = [
  callRoutine('IMG$MAP_RESIDENT', mapResident),
  callRoutine('IMG$SET_USER_STACK', setUserStack),
  callRoutine('IMG$FINISH', finishActivation),
  callRoutine('IMG$COUNT_KNOWN', countKnown),
  callRoutine('IMG$MAY_READ', mayRead),
  callRoutine('IMG$SHARE_WINDOW', shareImageWindow),
];
