import type { Microroutine } from '../gate/microroutine.js';
import { CHANGE_MODE_ROUTINES } from './dispatcher.js';
import { EXE$SETSFM, EXE$SETSSF } from './services.js';

export const DISPATCH_ROUTINES: readonly Microroutine[] = [EXE$SETSFM, EXE$SETSSF, ...CHANGE_MODE_ROUTINES];
export { dispatchSource, implementedServices, missingServices, rmsDispatchSource } from './dispatcher.js';
export { default as LIBRARY_SOURCE } from './library.mar';
export { vectorSource } from './vectors.js';
