import type { Microroutine } from '../gate/microroutine.js';
import { HEADER_ROUTINES } from './header.js';
import { INSWAP_BODY_ROUTINES } from './inswap-body.js';
import { NEW_PROCESS_ROUTINES } from './new-process.js';
import { OUTSWAP_ROUTINES } from './outswap.js';
import { SWAP_IO_ROUTINES } from './swap-io.js';
import { SWAPPER_ROUTINES } from './swapper.js';

/** The swapper (chapter 17): what sys-image.ts collects. */
export { default as SWAP_SOURCE } from './swap.mar';
export const SWAP_ROUTINES: readonly Microroutine[] = [
  ...SWAPPER_ROUTINES, ...SWAP_IO_ROUTINES, ...OUTSWAP_ROUTINES, ...INSWAP_BODY_ROUTINES, ...HEADER_ROUTINES, ...NEW_PROCESS_ROUTINES,
];
