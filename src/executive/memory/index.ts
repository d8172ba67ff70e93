import type { Microroutine } from '../gate/microroutine.js';
import { ADDRESS_SPACE_ROUTINES } from './address-space.js';
import { MODIFIED_WRITER_ROUTINES } from './modified-writer.js';
import { PAGE_FAULT_ROUTINES } from './page-fault.js';
import pageFaultSource from './pagefault.mar';
import { installFile, usePageFile } from './use-page-file.js';
import swapperSource from './swapper.mar';

/** Memory management: what sys-image.ts collects. */
export const MEMORY_ROUTINES: readonly Microroutine[] = [...ADDRESS_SPACE_ROUTINES, ...PAGE_FAULT_ROUTINES, ...MODIFIED_WRITER_ROUTINES, usePageFile, installFile];
export const MEMORY_SOURCE = `${pageFaultSource}\n${swapperSource}`;
