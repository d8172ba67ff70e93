import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { DYN$C_FRK } from '../structures/dyn.js';
import { FKB } from '../structures/fork.js';
import { IPL$_QUEUEAST, IPL$_SYNCH } from '../structures/ipl.js';
import { EXE$FORK } from '../synchronization/fork.js';
import { POOL_EXTENSION_ROUTINES } from './extend.js';
import { allocateForImage } from './image-region.js';
import { EXE$ALONONPAGED, EXE$ALONPAGVAR, EXE$DEANONPAGED } from './nonpaged.js';
import { EXE$ALOPAGED, EXE$DEAPAGED } from './paged.js';
import { roundToGranule } from './variable-list.js';

/** R1 bytes wanted; gives R0 status, R1 bytes given, R2 address. */
function allocate(k: Kernel, allocator: (k: Kernel, size: number) => number): void {
  const size = k.register(1);
  const block = allocator(k, size);
  k.setRegister(0, block === 0 ? SS$_INSFMEM : SS$_NORMAL);
  k.setRegister(2, block);
  if (block !== 0) k.setRegister(1, roundToGranule(size));
}

/**
 * COM$DRVDEALMEM, for drivers: R0 a block of nonpaged pool. Above IPL 8 the block itself becomes the fork block of an IPL 6 fork
 * process that gives it back; one too small for that is a nonfatal bugcheck, and is not given back.
 * @source book 3.2.5; digest ch03 D
 */
function driverDeallocate(k: Kernel): void {
  const block = k.register(0);
  if (k.ipl <= IPL$_SYNCH) {
    EXE$DEANONPAGED(k, block);
    return;
  }
  const fkb = FKB.at(k, block);
  if (fkb.FKB$W_SIZE < FKB.size) {
    k.jump(k.symbol('COM$DRVDEALMEM_SMALL'));
    return;
  }
  fkb.FKB$B_TYPE = DYN$C_FRK;
  fkb.FKB$B_FIPL = IPL$_QUEUEAST;
  EXE$FORK(k, block, k.symbol('COM$DRVDEALMEM_FORK'), 0, 0);
}

/** Pool routines that VAX code can call; R0 is the block in the deallocation ones. */
export const POOL_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('EXE$ALONONPAGED', (k) => { allocate(k, EXE$ALONONPAGED); }),
  jsbRoutine('EXE$ALONPAGVAR', (k) => { allocate(k, EXE$ALONPAGVAR); }),
  jsbRoutine('EXE$DEANONPAGED', (k) => { EXE$DEANONPAGED(k, k.register(0)); }),
  jsbRoutine('EXE$ALOPAGED', (k) => { allocate(k, EXE$ALOPAGED); }),
  jsbRoutine('EXE$DEAPAGED', (k) => { EXE$DEAPAGED(k, k.register(0)); }),
  jsbRoutine('EXE$ALOP1IMAG', (k) => {
    const { status, address } = allocateForImage(k, k.register(1));
    k.setRegister(0, status);
    k.setRegister(2, address);
  }),
  jsbRoutine('COM$DRVDEALMEM', driverDeallocate),
  jsbRoutine('COM$DRVDEALMEM_FORK', (k) => { EXE$DEANONPAGED(k, k.register(5)); }),
  ...POOL_EXTENSION_ROUTINES,
];
