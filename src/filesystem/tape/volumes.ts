import type { Procedure } from '../../executive/gate/procedure.js';
import type { Kernel } from '../../executive/kernel.js';
import { DC$_TAPE } from '../../executive/starlet/dcdef.js';
import { MT$M_HWL } from '../../executive/starlet/mtdef.js';
import { SS$_DEVMOUNT } from '../../executive/starlet/ssdef.js';
import { DEV$M_MNT } from '../../executive/starlet/devdef.js';
import { IRP } from '../../executive/structures/irp.js';
import { TAPEUCB, UCB } from '../../executive/structures/ucb.js';
import type { BlockFlow } from '../block-io.js';
import { fail } from '../file-failure.js';
import { transferBlocks } from '../host/units.js';
import { connectVcb, newVcb } from '../xqp/mount.js';
import { checkLabel, type MountRequest } from '../xqp/mount-request.js';
import type { OtherVolumes } from '../xqp/xqp.js';
import { AnsiVolume } from './ansi-volume.js';
import { tapeIo } from './tape-io.js';

/**
 * Tapes as volumes of the file system: mounting, and which ANSI volume a unit has. What MTAACP would keep in the memory of its process - the
 * catalogue, blocks of open files - is in an object that lives as long as the volume is mounted; the VCB says what others need to know.
 */
export function tapeVolumes(): OtherVolumes {
  const mounted = new WeakMap<Kernel, Map<number, AnsiVolume>>();
  const isTape = (k: Kernel, ucb: number): boolean => UCB.at(k, ucb).UCB$B_DEVCLASS === DC$_TAPE;
  const volumeOf = (k: Kernel, ucb: number): AnsiVolume | undefined => (isTape(k, ucb) ? mounted.get(k)?.get(ucb) : undefined);
  return {
    structureFor(k, ucb, operation) {
      const volume = volumeOf(k, ucb);
      if (volume && operation) volume.io = tapeIo(operation.p, ucb, operation.request);
      return volume;
    },
    *mount(p: Procedure, ucb: number, request: MountRequest, irp: number): BlockFlow<boolean> {
      const k = p.kernel;
      if (!isTape(k, ucb)) return false;
      if ((UCB.at(k, ucb).UCB$L_DEVCHAR & DEV$M_MNT) !== 0) fail(SS$_DEVMOUNT);
      const io = tapeIo(p, ucb, irp);
      let label = request.label ?? '';
      if (request.isForeign) yield* io.rewind();
      else {
        label = yield* AnsiVolume.labelOf(io);
        checkLabel(label, request);
      }
      const vcb = newVcb(k, ucb, label);
      if (request.isForeign) vcb.VCB$L_AQB = 0;
      vcb.VCB$V_NOALLOC = request.isReadOnly || (TAPEUCB.at(k, ucb).UCB$L_DEVDEPEND & MT$M_HWL) !== 0 ? 1 : 0;
      connectVcb(k, ucb, vcb, request);
      const volumes = mounted.get(k) ?? new Map<number, AnsiVolume>();
      mounted.set(k, volumes);
      if (request.isForeign) volumes.delete(ucb);
      else {
        const { attributes } = request;
        volumes.set(ucb, new AnsiVolume(io, label, {
          block: attributes.VATR$V_BLOCKSIZE !== 0 ? attributes.VATR$W_BLOCKSIZE : undefined, record: attributes.VATR$V_RECORDSZ !== 0 ? attributes.VATR$W_RECORDSZ : undefined,
        }));
      }
      return true;
    },
    *dismounting(p, ucb, irp) {
      const k = p.kernel;
      if (!isTape(k, ucb)) return;
      mounted.get(k)?.delete(ucb);
      yield* tapeIo(p, ucb, irp).rewind();
    },
    transfer(k, irpAddress) {
      const irp = IRP.at(k, irpAddress);
      return transferBlocks(k, irp, volumeOf(k, irp.IRP$L_UCB)!);
    },
  };
}

/** Several kinds of volumes as one: the first that knows a unit has it. */
export function eachKind(kinds: readonly OtherVolumes[]): OtherVolumes {
  return {
    structureFor(k, ucb, operation) {
      for (const kind of kinds) {
        const structure = kind.structureFor(k, ucb, operation);
        if (structure) return structure;
      }
      return undefined;
    },
    *mount(p, ucb, request, irp) {
      for (const kind of kinds) if (yield* kind.mount(p, ucb, request, irp)) return true;
      return false;
    },
    *dismounting(p, ucb, irp) {
      for (const kind of kinds) yield* kind.dismounting(p, ucb, irp);
    },
    transfer(k, irp) {
      const kind = kinds.find((each) => each.structureFor(k, IRP.at(k, irp).IRP$L_UCB) !== undefined)!;
      return kind.transfer(k, irp);
    },
  };
}
