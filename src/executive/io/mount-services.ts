import { procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import type { Kernel } from '../kernel.js';
import { IO$M_DMOUNT, IO$_ACPCONTROL, IO$_MOUNT } from '../starlet/iodef.js';
import { DMT$M_ABORT, MNT$M_FOREIGN, MNT$M_OVR_IDENT } from '../starlet/mntdef.js';
import * as MNT from '../starlet/mntdef.js';
import { SS$_BADPARAM, SS$_NORMAL } from '../starlet/ssdef.js';
import { JIB } from '../structures/jib.js';
import { ArrayMemory, bytesToText, textToBytes } from '../structures/memory.js';
import { MTL, VATR } from '../structures/volume.js';
import { deviceNameArgument } from './assign.js';
import { IOC$CVT_DEVNAM, IOC$SEARCHDEV } from './device-names.js';

/**
 * $MOUNT and $DISMOU: they hand the matter to the file system as IO$_MOUNT and IO$_ACPCONTROL!IO$M_DMOUNT, which decides who may do it.
 * $MOUNT runs in the caller's mode, in VMS as part of the shareable image MOUNTSHR. @source VMS System Services, $MOUNT, $DISMOU
 */

/** A FIB as far as its control value. */
const FIB_LENGTH = 0x1c;
const FIB_CONTROL_VALUE = 0x18;

/** The request of a volume function on a channel of its own. @returns the status of the function, or of what came before */
export function* volumeFunction(p: Procedure, device: string, request: { readonly func: number; readonly p1?: number; readonly p2?: number }): Flow<number> {
  return yield* p.scratch(function* () {
    const channel = p.allocate(4);
    const assigned = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
    if (!(assigned & 1)) return assigned;
    const chan = p.memory.readWord(channel);
    const iosb = p.allocate(8);
    const queued = yield* service(p, '$QIOW', { chan, iosb, ...request });
    const status = queued & 1 ? p.memory.readWord(iosb) : queued;
    yield* service(p, '$DASSGN', { chan });
    return status;
  });
}

type VolumeAttributes = ReturnType<typeof VATR.at>;

/** Items that are a number of the volume. */
const NUMBERS: Readonly<Record<number, (to: VolumeAttributes, value: number) => void>> = {
  [MNT.MNT$_ACCESSED]: (to, value) => { [to.VATR$B_LRU_LIM, to.VATR$V_LRU_LIM] = [value, 1]; },
  [MNT.MNT$_BLOCKSIZE]: (to, value) => { [to.VATR$W_BLOCKSIZE, to.VATR$V_BLOCKSIZE] = [value, 1]; },
  [MNT.MNT$_EXTENSION]: (to, value) => { [to.VATR$W_EXTEND, to.VATR$V_EXTEND] = [value, 1]; },
  [MNT.MNT$_OWNER]: (to, value) => { [to.VATR$L_OWNER, to.VATR$V_OWNER] = [value, 1]; },
  [MNT.MNT$_RECORDSIZ]: (to, value) => { [to.VATR$W_RECORDSZ, to.VATR$V_RECORDSZ] = [value, 1]; },
  [MNT.MNT$_VPROT]: (to, value) => { [to.VATR$W_PROTECT, to.VATR$V_PROTECT] = [value & 0xffff, 1]; },
  [MNT.MNT$_WINDOW]: (to, value) => { [to.VATR$B_WINDOW, to.VATR$V_WINDOW] = [value, 1]; },
};

/**
 * $MOUNT itmlst - MNT$_DEVNAM, MNT$_VOLNAM, MNT$_LOGNAM, MNT$_FLAGS, the numbers above; a list that names a volume set is refused.
 *
 * @returns SS$_NORMAL; SS$_BADPARAM, SS$_NOSUCHDEV, SS$_DEVALLOC, SS$_DEVMOUNT, SS$_NOPRIV, SS$_NOHOMEBLK, SS$_INCVOLLABEL, SS$_FILESTRUCT,
 *   SS$_INSFMEM, and what reading the volume brings
 */
export const EXE$MOUNT = procedure('EXE$MOUNT', function* (p) {
  const texts = new Map<number, string>();
  const numbers = new Uint8Array(VATR.size);
  let flags = 0;
  for (let item = p.argument(1); p.memory.readLong(item) !== 0; item += 12) {
    const [length, code, address] = [p.memory.readWord(item), p.memory.readWord(item + 2), p.memory.readLong(item + 4)];
    if (code === MNT.MNT$_FLAGS) flags = p.memory.readLong(address);
    else if (NUMBERS[code]) NUMBERS[code](VATR.at(new ArrayMemory(numbers), 0), p.memory.readLong(address));
    else if (texts.has(code) || ![MNT.MNT$_DEVNAM, MNT.MNT$_VOLNAM, MNT.MNT$_LOGNAM].includes(code)) return SS$_BADPARAM;
    else texts.set(code, bytesToText(p.memory.readBytes(address, length)));
  }
  const device = texts.get(MNT.MNT$_DEVNAM);
  const label = texts.get(MNT.MNT$_VOLNAM) ?? '';
  if (device === undefined || (label === '' && (flags & (MNT$M_OVR_IDENT | MNT$M_FOREIGN)) === 0)) return SS$_BADPARAM;
  const logicalName = texts.get(MNT.MNT$_LOGNAM) ?? '';
  return yield* p.scratch(function* () {
    const fib = p.allocate(FIB_LENGTH);
    p.memory.writeLong(fib + FIB_CONTROL_VALUE, flags);
    const name = Uint8Array.from([...textToBytes(`${label}\0${logicalName}\0`), ...numbers]);
    return yield* volumeFunction(p, device, { func: IO$_MOUNT, p1: p.descriptor(FIB_LENGTH, fib), p2: p.descriptor(name.length, p.bytes(name)) });
  });
});

/**
 * $DISMOU devnam,[flags] - dismounts a volume, now or when its last file is closed. The unit is not unloaded: nobody could load it again. With DMT$M_ABORT
 * also a volume that another job has mounted for itself, for its owner or who holds VOLPRO.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO, SS$_IVDEVNAM, SS$_NOSUCHDEV, SS$_DEVNOTMOUNT, SS$_DEVALLOC, SS$_NOPRIV; SS$_DEVACTIVE it is the system disk
 */
const EXE$DISMOU = procedure('EXE$DISMOU', function* (p) {
  const k = p.kernel;
  const device = deviceNameArgument(k, p.argument(1));
  if (typeof device === 'number') return device;
  // The name is the caller's: in this mode $ASSIGN would not believe it.
  const { status, ucb } = IOC$SEARCHDEV(k, device, k.callerMode);
  if (!(status & 1)) return status;
  const flags = p.argument(2);
  return yield* p.scratch(function* () {
    const fib = p.allocate(FIB_LENGTH);
    p.memory.writeLong(fib + FIB_CONTROL_VALUE, flags & DMT$M_ABORT);
    return yield* volumeFunction(p, IOC$CVT_DEVNAM(k, ucb), { func: IO$_ACPCONTROL | IO$M_DMOUNT, p1: p.descriptor(FIB_LENGTH, fib) });
  });
});

/** Dismounts what the job has mounted for itself: its last process goes. Kernel mode procedure, IPL 0. @source book 22.2 */
export function* EXE$DISMOUNT_JOB(p: Procedure): Flow<number> {
  const k = p.kernel;
  if (JIB.at(k, k.pcb.PCB$L_JIB).JIB$L_MPID !== k.pcb.PCB$L_PID) return SS$_NORMAL;
  for (const device of jobVolumes(k)) yield* volumeFunction(p, device, { func: IO$_ACPCONTROL | IO$M_DMOUNT });
  return SS$_NORMAL;
}

function jobVolumes(k: Kernel): string[] {
  const list = k.pcb.PCB$L_JIB + JIB.offset.JIB$L_MTLFL;
  return [...k.queueEntries(list)].map((entry) => IOC$CVT_DEVNAM(k, MTL.at(k, entry).MTL$L_UCB));
}

export const MOUNT_ROUTINES: readonly Microroutine[] = [EXE$MOUNT, EXE$DISMOU];
