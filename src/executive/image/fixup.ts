import { procedure } from '../gate/microroutine.js';
import { service } from '../gate/service-call.js';
import { SS$_NORMAL, SS$_RELINK } from '../starlet/ssdef.js';
import { IAC$M_SETVECTOR } from './activate.js';
import { fixUp } from './fixups.js';
import { DONE_LIST, icbs } from './icb.js';

/**
 * $IMGFIX - what is left to do in user mode when images have been activated: addresses, vectors of privileged shareable images, initialization
 * routines from the end of the list of images to its front.
 *
 * @returns SS$_NORMAL; SS$_NOSHRIMG, SS$_BADVEC, SS$_VECFULL a privileged shareable image; SS$_RELINK an image that would have to be initialized before itself; status of $IMGACT or of a routine
 * @source book 21.1.2; digest ch21 2.6
 */
export const EXE$IMGFIX = procedure('EXE$IMGFIX', function* (p) {
  const images = icbs(p.kernel, DONE_LIST);
  for (const icb of images) {
    if (icb.ICB$V_PROTECT !== 0) continue;
    const status = yield* fixUp(p, icb);
    if (!(status & 1)) return status;
  }
  if (images.some((icb) => icb.ICB$V_PROTECT !== 0)) {
    const status = yield* service(p, '$IMGACT', { imgctl: IAC$M_SETVECTOR });
    if (!(status & 1)) return status;
  }
  for (const icb of images.reverse()) {
    if (icb.ICB$V_INITIALIZE === 0) continue;
    if (icb.ICB$V_CIRCULAR !== 0) return SS$_RELINK;
    const status = yield* p.call(icb.ICB$L_INITIALIZE);
    if (!(status & 1)) return status;
  }
  return SS$_NORMAL;
});
