import { callRoutine, type Microroutine } from '../../executive/gate/microroutine.js';
import { makeDdb, makeOrb, makeUcb } from '../../executive/io/database.js';
import { deviceBlocks } from '../../executive/io/device-names.js';
import { loadDriverTables, type DriverTable } from '../../executive/io/drivers/driver-table.js';
import { linkUnit } from '../../executive/io/units.js';
import type { Kernel } from '../../executive/kernel.js';
import { allocateBlock } from '../../executive/pool/typed.js';
import { DC$_DISK } from '../../executive/starlet/dcdef.js';
import { DEV$M_AVL, DEV$M_DIR, DEV$M_FOD, DEV$M_IDV, DEV$M_ODV, DEV$M_RND, DEV$M_SHR } from '../../executive/starlet/devdef.js';
import {
  IO$_ACCESS, IO$_ACPCONTROL, IO$_AVAILABLE, IO$_CREATE, IO$_DEACCESS, IO$_DELETE, IO$_MODIFY, IO$_MOUNT, IO$_NOP, IO$_PACKACK, IO$_READVBLK,
  IO$_SENSECHAR, IO$_SENSEMODE, IO$_UNLOAD, IO$_WRITEVBLK,
} from '../../executive/starlet/iodef.js';
import { SS$_BADPARAM, SS$_INSFMEM, SS$_NORMAL, SS$_NOTFILEDEV } from '../../executive/starlet/ssdef.js';
import { DDB } from '../../executive/structures/device.js';
import { DYN$C_DDB, DYN$C_ORB, DYN$C_UCB } from '../../executive/structures/dyn.js';
import { IRP } from '../../executive/structures/irp.js';
import { IPL$_SYNCH } from '../../executive/structures/ipl.js';
import { readCounted } from '../../executive/structures/memory.js';
import { ORB } from '../../executive/structures/orb.js';
import { PTE$M_PFN } from '../../executive/structures/pte.js';
import { DISKUCB } from '../../executive/structures/ucb.js';
import { FCB, WCB } from '../../executive/structures/volume.js';
import { FileFailure, fail } from '../file-failure.js';
import { fileIdAt, type FileId } from '../file-id.js';
import { connectVcb, newVcb } from '../xqp/mount.js';
import { checkLabel } from '../xqp/mount-request.js';
import type { OtherVolumes } from '../xqp/xqp.js';
import type { HostDirectory } from './host-directory.js';
import { HostVolume } from './host-volume.js';

/**
 * Units for host directories: HDA0:, HDA1: ... They look like disks, but have no blocks of their own: logical and physical transfers are
 * no functions of theirs, and every virtual transfer goes to the XQP, because their windows map nothing.
 */
/** Device and controller of the units of host directories; HDA0 is the first. */
export const HOST_DEVICE = 'HDA';

const DRIVER: DriverTable = {
  name: 'HDDRIVER',
  ucbSize: DISKUCB.size,
  buffered: [
    IO$_ACCESS, IO$_CREATE, IO$_DEACCESS, IO$_DELETE, IO$_MODIFY, IO$_ACPCONTROL, IO$_MOUNT, IO$_SENSECHAR, IO$_SENSEMODE, IO$_NOP, IO$_PACKACK,
    IO$_UNLOAD, IO$_AVAILABLE,
  ],
  functions: [
    { codes: [IO$_READVBLK, IO$_WRITEVBLK], routine: 'ACP$RWBLK' },
    { codes: [IO$_ACCESS, IO$_CREATE], routine: 'ACP$ACCESS' },
    { codes: [IO$_DEACCESS], routine: 'ACP$DEACCESS' },
    { codes: [IO$_DELETE, IO$_MODIFY, IO$_ACPCONTROL, IO$_MOUNT], routine: 'ACP$MODIFY' },
    { codes: [IO$_SENSECHAR, IO$_SENSEMODE, IO$_NOP, IO$_PACKACK, IO$_UNLOAD, IO$_AVAILABLE], routine: 'DU$FDTNOTHING' },
  ],
};

const SYSTEM_UIC = 0x0001_0004;
const BLOCK = 512;
/** Bytes of one pass of a transfer: the count in the status block is a word. */
const MOST_BYTES = 65024;
/** Blocks and free blocks that a host directory claims to have. choice: nobody counts them. */
const CLAIMED_BLOCKS = 0x10_0000;
const HEADER_CACHE = 3;
const WINDOW = 7;
/** DT$_ of a unit that is not any DEC disk. */
const GENERIC_TYPE = 0;

/** Makes controller HDA and a unit for each host directory. Kernel mode. @returns status */
function connectHostUnits(k: Kernel, count: number): number {
  if (count === 0) return SS$_NORMAL;
  const { ddt } = loadDriverTables(k, DRIVER);
  const ddb = allocateBlock(k, DDB.size, DYN$C_DDB);
  if (ddb === 0) return SS$_INSFMEM;
  makeDdb(k, ddb, HOST_DEVICE, DRIVER.name, ddt);
  for (let unit = 0; unit < count; unit += 1) {
    const address = allocateBlock(k, DISKUCB.size, DYN$C_UCB);
    const orb = allocateBlock(k, ORB.size, DYN$C_ORB);
    if (address === 0 || orb === 0) return SS$_INSFMEM;
    makeOrb(k, orb, SYSTEM_UIC, 0);
    makeUcb(k, address, {
      size: DISKUCB.size, unit, ddb, ddt, crb: k.symbol('sys_crb'), orb, forkIpl: IPL$_SYNCH, deviceIpl: IPL$_SYNCH, deviceClass: DC$_DISK,
      deviceType: GENERIC_TYPE,
      characteristics: DEV$M_FOD | DEV$M_DIR | DEV$M_AVL | DEV$M_SHR | DEV$M_IDV | DEV$M_ODV | DEV$M_RND, bufferSize: BLOCK,
    });
    DISKUCB.at(k, address).UCB$L_MAXBLOCK = CLAIMED_BLOCKS;
    linkUnit(k, ddb, address);
  }
  return SS$_NORMAL;
}

/** Host directories behind units, for the XQP; the routine that makes the units. */
export function hostVolumes(directories: readonly HostDirectory[]): { readonly volumes: OtherVolumes; readonly routines: readonly Microroutine[] } {
  const volumes = new Map<number, HostVolume>();
  const directoryOf = (k: Kernel, ucbAddress: number): HostDirectory | undefined => {
    const ucb = DISKUCB.at(k, ucbAddress);
    return ucb.UCB$L_DDT === ddtOf.get(k) ? directories[ucb.UCB$W_UNIT] : undefined;
  };
  const ddtOf = new WeakMap<Kernel, number>();
  const volumeFor = (k: Kernel, ucb: number): HostVolume | undefined => (directoryOf(k, ucb) ? volumes.get(DISKUCB.at(k, ucb).UCB$W_UNIT) : undefined);
  const others: OtherVolumes = {
    structureFor: volumeFor,
    *mount(p, ucb, request) {
      const k = p.kernel;
      const directory = directoryOf(k, ucb);
      if (!directory) return false;
      if (request.isForeign) return fail(SS$_NOTFILEDEV);
      checkLabel(directory.label, request);
      const vcb = newVcb(k, ucb, directory.label);
      const volume = new HostVolume(directory);
      volumes.set(DISKUCB.at(k, ucb).UCB$W_UNIT, volume);
      vcb.VCB$W_CLUSTER = 1;
      vcb.VCB$W_EXTEND = volume.defaultExtend;
      vcb.VCB$L_FREE = CLAIMED_BLOCKS;
      vcb.VCB$L_MAXFILES = 0xff_ffff;
      vcb.VCB$B_WINDOW = WINDOW;
      vcb.VCB$B_LRU_LIM = HEADER_CACHE;
      vcb.VCB$W_FILEPROT = volume.fileProtection;
      vcb.VCB$V_NOALLOC = directory.readOnly || request.isReadOnly ? 1 : 0;
      connectVcb(k, ucb, vcb, request);
      return true;
    },
    *dismounting() { return undefined; },
    transfer(k, irpAddress) {
      const irp = IRP.at(k, irpAddress);
      const volume = volumeFor(k, irp.IRP$L_UCB);
      if (!volume) return { status: SS$_BADPARAM, bytes: 0 };
      return transferBlocks(k, irp, volume);
    },
  };
  const connect = callRoutine('F11X$CONNECT_HOST', (k) => {
    const status = connectHostUnits(k, directories.length);
    const first = findHostUnit(k);
    if (first !== 0) ddtOf.set(k, DISKUCB.at(k, first).UCB$L_DDT);
    return status;
  });
  return { volumes: others, routines: [connect] };
}

/** First UCB of HDA; 0 when there is none. */
function findHostUnit(k: Kernel): number {
  const ddb = [...deviceBlocks(k)].find((address) => readCounted(k, address + DDB.offset.DDB$T_NAME) === HOST_DEVICE);
  return ddb === undefined ? 0 : DDB.at(k, ddb).DDB$L_UCB;
}

/** A volume whose blocks are the file system's own affair. */
export interface BlockTransfer {
  readBlocks(id: FileId, vbn: number, length: number): { status: number; bytes: Uint8Array };
  writeBlocks(id: FileId, vbn: number, data: Uint8Array): { status: number; bytes: number };
}

/** One pass of a transfer between such a file and the locked pages of the requester's buffer. */
export function transferBlocks(k: Kernel, irp: ReturnType<typeof IRP.at>, volume: BlockTransfer): { status: number; bytes: number } {
  const id = fileIdAt(FCB.at(k, WCB.at(k, irp.IRP$L_WIND).WCB$L_FCB).FCB$T_FID);
  const length = Math.min(MOST_BYTES, irp.IRP$L_OBCNT - irp.IRP$L_ABCNT);
  try {
    if (irp.IRP$V_FUNC !== 0) {
      const { status, bytes } = volume.readBlocks(id, irp.IRP$L_SEGVBN, length);
      eachPage(k, irp, bytes.length, (physical, offset, count) => { physical.set(bytes.subarray(offset, offset + count)); });
      return { status, bytes: bytes.length };
    }
    const data = new Uint8Array(Math.ceil(length / BLOCK) * BLOCK);
    eachPage(k, irp, length, (physical, offset, count) => { data.set(physical.subarray(0, count), offset); });
    const { status, bytes } = volume.writeBlocks(id, irp.IRP$L_SEGVBN, data);
    return { status, bytes: Math.min(bytes, length) };
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    return { status: error.status, bytes: 0 };
  }
}

/** Gives each piece of the buffer, page by page in physical memory, to `use`. */
function eachPage(k: Kernel, irp: ReturnType<typeof IRP.at>, length: number, use: (physical: Uint8Array, offset: number, count: number) => void): void {
  let inPage = irp.IRP$W_BOFF;
  let pte = irp.IRP$L_SVAPTE;
  for (let done = 0; done < length;) {
    const count = Math.min(BLOCK - inPage, length - done);
    const start = (k.readLong(pte) & PTE$M_PFN) * BLOCK + inPage;
    use(k.machine.memory.bytes.subarray(start, start + count), done, count);
    done += count;
    inPage = 0;
    pte += 4;
  }
}
