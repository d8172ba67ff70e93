import { callRoutine } from '../gate/microroutine.js';
import { channelBlock } from '../io/channels.js';
import { FCB, WCB } from '../structures/volume.js';
import { SS$_BADPARAM, SS$_DEVACTIVE, SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { pageFile } from './backing-store.js';
import { installPageFile } from './page-file.js';

/**
 * Places the file that is open on a channel in use for paging or swapping, for SYSINIT and for SYSGEN's INSTALL. The window becomes the
 * system's: the channel has no file afterwards, so the file stays open when the process deassigns it.
 *
 * Arguments: channel; index of the page-and-swap-file vector.
 * @returns SS$_NORMAL, also for a file without blocks, which is of no use; SS$_BADPARAM no file on the channel; SS$_DEVACTIVE the index is
 * in use; SS$_INSFMEM
 */
export const usePageFile = callRoutine('MMG$USE_PAGE_FILE', (k) => {
  const ccb = channelBlock(k, k.argument(1) & 0xfff0);
  const window = ccb.CCB$L_WIND;
  if (window >>> 31 === 0) return SS$_BADPARAM;
  const blocks = FCB.at(k, WCB.at(k, window).WCB$L_FCB).FCB$L_FILESIZE;
  if (blocks === 0) return SS$_NORMAL;
  if (pageFile(k, k.argument(2)).PFL$L_BITMAP !== 0) return SS$_DEVACTIVE;
  if (!installPageFile(k, k.argument(2), window, blocks)) return SS$_INSFMEM;
  ccb.CCB$L_WIND = 0;
  return SS$_NORMAL;
});
