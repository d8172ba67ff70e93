import { kernelService } from '../dispatch/service.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_NORMAL, SS$_NOTRAN } from '../starlet/ssdef.js';

/** ERA$K_MEMORY to ERA$K_TAPE. */
const FIRST_TYPE = 1;
const LAST_TYPE = 3;

/** Whoever writes over something does so once, with zeros. */
const PATTERN = 0;
const PASSES = 1;

/**
 * $ERAPAT [type],[count],[patadr]: the longword to write over memory (type 1), a disk (2) or a tape (3) with, in pass `count`, from 1 on.
 *
 * @returns SS$_NORMAL with the pattern; SS$_NOTRAN there is no further pass; SS$_BADPARAM type, count; SS$_ACCVIO
 * @source book Table 9-1; VAX/VMS System Services Reference Manual, $ERAPAT. choice: no site has a pattern of its own
 */
export const EXE$ERAPAT = kernelService('$ERAPAT', (k, type = 0, count = 0, patadr = 0) => {
  if ((type !== 0 && (type < FIRST_TYPE || type > LAST_TYPE)) || count > 0x7fff_ffff) return SS$_BADPARAM;
  if (patadr !== 0 && !k.callerCanWrite(patadr, 4)) return SS$_ACCVIO;
  if (count > PASSES) return SS$_NOTRAN;
  if (patadr !== 0) k.writeLong(patadr, PATTERN);
  return SS$_NORMAL;
});
