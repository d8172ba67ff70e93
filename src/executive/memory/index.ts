import type { Microroutine } from '../gate/microroutine.js';
import { ADDRESS_SERVICE_ROUTINES } from './address-services.js';
import { CREATE_SECTION_ROUTINES } from './crmpsc.js';
import { GLOBAL_DELETE_ROUTINES } from './global-delete.js';
import { LOCK_ROUTINES } from './lock-pages.js';
import { MODIFIED_WRITER_ROUTINES } from './modified-writer.js';
import { PAGE_FAULT_ROUTINES } from './page-fault.js';
import pageFaultSource from './pagefault.mar';
import sectionSource from './section.mar';
import swapperSource from './swapper.mar';
import { UPDATE_ROUTINES } from './update-section.js';
import { installFile, releaseDump, usePageFile } from './use-page-file.js';
import { WORKING_SET_ROUTINES } from './working-set-services.js';

/** Memory management: what sys-image.ts collects. */
export const MEMORY_ROUTINES: readonly Microroutine[] = [
  ...ADDRESS_SERVICE_ROUTINES, ...CREATE_SECTION_ROUTINES, ...GLOBAL_DELETE_ROUTINES, ...LOCK_ROUTINES, ...WORKING_SET_ROUTINES, ...UPDATE_ROUTINES,
  ...PAGE_FAULT_ROUTINES, ...MODIFIED_WRITER_ROUTINES, usePageFile, installFile, releaseDump,
];
export const MEMORY_SOURCE = `${pageFaultSource}\n${sectionSource}\n${swapperSource}`;
