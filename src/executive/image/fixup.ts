import { procedure } from '../gate/microroutine.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';

/**
 * $IMGFIX - address fixups of the images just activated, in user mode.
 *
 * A main image is linked at its address and has nothing to adjust; shareable images, whose references would be, are not activated yet.
 * @source book 21.1.6; digest ch21 2.6
 */
export const EXE$IMGFIX = procedure('EXE$IMGFIX', function* () {
  return SS$_NORMAL;
});
