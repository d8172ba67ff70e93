import { callRoutine } from '../gate/microroutine.js';
import { channelBlock } from '../io/channels.js';
import type { Kernel } from '../kernel.js';
import { FCB, WCB } from '../structures/volume.js';
import { SS$_BADPARAM, SS$_DEVACTIVE, SS$_INSFMEM, SS$_NORMAL, SS$_NOSLOT } from '../starlet/ssdef.js';
import { DUMP_FIRST_MEMORY_BLOCK } from '../exceptions/dump-format.js';
import { pageFile, primaryPageFile } from './backing-store.js';
import { installPageFile, MMG$DALCPAGFIL } from './page-file.js';

/**
 * Places the file that is open on a channel in use for paging or swapping, for SYSINIT and for SYSGEN's INSTALL. The window becomes the
 * system's: the channel has no file afterwards, so the file stays open when the process deassigns it.
 *
 * Arguments: channel; index of the page-and-swap-file vector; blocks at the beginning that stay reserved; blocks behind them that hold a dump and are
 * given out only when it has been copied: they are counted in EXE$GL_SAVEDUMP.
 * @returns SS$_NORMAL, also for a file without blocks, which is of no use; SS$_BADPARAM no file on the channel; SS$_DEVACTIVE the index is
 * in use; SS$_INSFMEM
 */
export const usePageFile = callRoutine('MMG$USE_PAGE_FILE', (k) => placeInUse(k, k.argument(1) & 0xfff0, k.argument(2), k.argument(3), k.argument(4)));

function placeInUse(k: Kernel, channel: number, index: number, reserved = 0, saved = 0): number {
  const ccb = channelBlock(k, channel);
  const window = ccb.CCB$L_WIND;
  if (window >>> 31 === 0) return SS$_BADPARAM;
  const blocks = FCB.at(k, WCB.at(k, window).WCB$L_FCB).FCB$L_FILESIZE;
  if (blocks === 0) return SS$_NORMAL;
  if (pageFile(k, index).PFL$L_BITMAP !== 0) return SS$_DEVACTIVE;
  if (!installPageFile(k, index, window, blocks, reserved + saved)) return SS$_INSFMEM;
  if (saved > 0) k.sys.EXE$GL_SAVEDUMP = Math.max(0, Math.min(saved, blocks - reserved));
  ccb.CCB$L_WIND = 0;
  return SS$_NORMAL;
}

/**
 * The same for SYSGEN's INSTALL, which takes the first place of its kind that is free: those of swap files come first in the vector.
 *
 * Arguments: channel; 1 for a swap file, 0 for a page file.
 * @returns as above; SS$_NOSLOT: SWPFILCNT or PAGFILCNT files are in use. @source book 14.5.1, 14.5.2
 */
export const installFile = callRoutine('MMG$INSTALL_FILE', (k) => {
  const { sys } = k;
  const [low, high] = k.argument(2) === 1 ? [1, sys.SGN$GW_SWPFILES] : [sys.SGN$GW_SWPFILES + 1, sys.SGN$GW_SWPFILES + sys.SGN$GW_PAGFILCT];
  for (let index = low; index <= high; index += 1) {
    if (pageFile(k, index).PFL$L_BITMAP === 0) return placeInUse(k, k.argument(1) & 0xfff0, index);
  }
  return SS$_NOSLOT;
});

/**
 * The dump in the primary page file has been copied: its blocks may be given out, those of its header and of the error log buffers apart.
 *
 * Argument: a channel on the file that was copied.
 * @returns SS$_NORMAL; SS$_BADPARAM it is another file, or no blocks are held back
 * @source book 25.2.4 step 9; App. C EXE$GL_SAVEDUMP. choice: the name, which the book does not print
 */
export const releaseDump = callRoutine('EXE$RELEASE_DUMP', (k) => {
  const window = channelBlock(k, k.argument(1) & 0xfff0).CCB$L_WIND;
  const index = primaryPageFile(k);
  const own = pageFile(k, index).PFL$L_WINDOW;
  if (k.sys.EXE$GL_SAVEDUMP === 0 || window >>> 31 === 0 || own === 0 || WCB.at(k, window).WCB$L_FCB !== WCB.at(k, own).WCB$L_FCB) return SS$_BADPARAM;
  MMG$DALCPAGFIL(k, index, DUMP_FIRST_MEMORY_BLOCK, k.sys.EXE$GL_SAVEDUMP);
  k.sys.EXE$GL_SAVEDUMP = 0;
  return SS$_NORMAL;
});
