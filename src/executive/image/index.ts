import type { Microroutine } from '../gate/microroutine.js';
import { EXE$IMGACT } from './activate.js';
import { ACTIVATION_ROUTINES } from './activate-kernel.js';
import { EXE$CATCH_ALL, EXE$TRACEBACK } from './catch-all.js';
import { EXE$MAP_DEBUGGER } from './debugger.js';
import { EXE$CANEXH, EXE$DCLEXH } from './exit-handlers.js';
import { EXE$IMGFIX } from './fixup.js';
import { EXE$RUNDWN, RUNDOWN_NAMES } from './rundown.js';

/** Image activation and termination: chapter 21, and the catch-all handler of chapter 20. */
export const IMAGE_ROUTINES: readonly Microroutine[] = [
  EXE$IMGACT, ...ACTIVATION_ROUTINES, EXE$IMGFIX, EXE$DCLEXH, EXE$CANEXH, EXE$RUNDWN, RUNDOWN_NAMES, EXE$CATCH_ALL, EXE$TRACEBACK, EXE$MAP_DEBUGGER,
];
export { IMAGE_SOURCE } from './source.js';
