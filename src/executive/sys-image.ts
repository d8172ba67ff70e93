import { AST_ROUTINES, AST_SOURCE } from './ast/index.js';
import initSource from './boot/init.mar';
import { DISPATCH_ROUTINES, LIBRARY_SOURCE, dispatchSource, implementedServices, vectorSource } from './dispatch/index.js';
import { EXCEPTION_ROUTINES, EXCEPTION_SOURCES, SCB_ENTRIES as EXCEPTION_SCB } from './exceptions/index.js';
import type { Microroutine } from './gate/microroutine.js';
import { IMAGE_ROUTINES, IMAGE_SOURCE } from './image/index.js';
import { INFORMATION_ROUTINES, buildSystemMessageSection } from './information/index.js';
import { IO_ROUTINES, IO_SCB, IO_SOURCE } from './io/index.js';
import { LOCKS_ROUTINES, LOCKS_SOURCE } from './locks/index.js';
import { MEMORY_ROUTINES, MEMORY_SOURCE } from './memory/index.js';
import { shellSource } from './memory/shell-image.js';
import { NAMES_ROUTINES } from './names/index.js';
import { POOL_ROUTINES, POOL_SOURCE } from './pool/index.js';
import { POWER_FAIL_ROUTINES, POWER_SCB, POWER_SOURCE } from './power/index.js';
import { PROCESS_ROUTINES, PROCESS_SOURCE } from './process/index.js';
import { SCHEDULING_ROUTINES, SCHEDULING_SOURCE } from './scheduling/index.js';
import { SWAP_ROUTINES, SWAP_SOURCE } from './swap/index.js';
import { SYNCHRONIZATION_ROUTINES, SYNCHRONIZATION_SOURCE } from './synchronization/index.js';
import { SCB_ENTRIES } from './synchronization/scb.js';
import { TIME_ROUTINES, TIME_SOURCE } from './time/index.js';
import { SYSLOA_IMAGE } from './boot/sysloa.js';
import type { ResidentImage, SystemDescription, SystemSpaceImage } from './boot/sysboot.js';

/**
 * SYS.EXE: the routines and sources of every folder, the SCB, the service vectors. A new folder of the executive is added
 * here.
 *
 * @param bootRoutines    EXE$INIT and EXE$SWAPINIT, which know what SYSBOOT left
 * @param systemImages    images in system space (RMS)
 * @param residentImages  images mapped into processes (DCL, LOGINOUT, SHOW ...)
 * @param messageSources  .msg sources of those images
 */
export function describeSystem(
  bootRoutines: readonly Microroutine[], systemImages: readonly SystemSpaceImage[], residentImages: readonly ResidentImage[],
  messageSources: readonly string[] = [],
): SystemDescription {
  const routines = [
    ...bootRoutines, ...POOL_ROUTINES, ...SYNCHRONIZATION_ROUTINES, ...SCHEDULING_ROUTINES, ...AST_ROUTINES, ...TIME_ROUTINES, ...PROCESS_ROUTINES,
    ...MEMORY_ROUTINES, ...EXCEPTION_ROUTINES, ...DISPATCH_ROUTINES, ...IMAGE_ROUTINES, ...IO_ROUTINES, ...NAMES_ROUTINES, ...INFORMATION_ROUTINES,
    ...LOCKS_ROUTINES, ...POWER_FAIL_ROUTINES, ...SWAP_ROUTINES,
  ];
  const written = [
    initSource, POOL_SOURCE, SYNCHRONIZATION_SOURCE, SCHEDULING_SOURCE, AST_SOURCE, TIME_SOURCE, PROCESS_SOURCE, MEMORY_SOURCE, ...EXCEPTION_SOURCES,
    IMAGE_SOURCE, IO_SOURCE, LIBRARY_SOURCE, LOCKS_SOURCE, POWER_SOURCE, SWAP_SOURCE,
  ];
  const implemented = implementedServices(routines.map((routine) => routine.name), written);
  return {
    routines,
    // What stands around BUG$FATAL is lost in a crash: nothing that a bugcheck needs.
    sources: [shellSource(), ...written, 'BUG$FATAL::\n', dispatchSource(implemented)],
    vectorSource: vectorSource(implemented),
    scb: [...SCB_ENTRIES, ...IO_SCB, ...POWER_SCB, ...EXCEPTION_SCB.map(({ vector, symbol, interruptStack }) => ({ vector, symbol, stack: interruptStack ? 1 as const : 0 as const }))],
    systemImages: [SYSLOA_IMAGE, ...systemImages],
    residentImages,
    messageSection: buildSystemMessageSection(messageSources),
  };
}
