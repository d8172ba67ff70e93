import { NEXUS_COUNT, NEXUS_REGION, nexusBase } from '../../emulator/nexus.js';

/**
 * $IO780DEF: I/O space of a VAX-11/780. Each processor has a layout of its own, under its own names; this system has no other.
 * @source book appendix G; names of the public $IO780DEF
 */
export const IO780$AL_IOBASE = nexusBase(0);
/** Bytes of a nexus. */
export const IO780$AL_PERNEX = NEXUS_REGION;
export const IO780$AL_NNEX = NEXUS_COUNT;
