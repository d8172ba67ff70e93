import { cliGetValue } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { JPI$_CURPRIV, JPI$_UIC, JPI$_USERNAME } from '../executive/starlet/jpidef.js';
import { PRV$V_OPER, PRV$V_SYSPRV, PRV$V_VOLPRO } from '../executive/starlet/prvdef.js';
import { SS$_DEVALRALLOC, SS$_DEVMOUNT, SS$_NOPRIV, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { FileFailure } from '../filesystem/file-failure.js';
import { DEFAULT_FILE_PROTECTION, initializeVolume, type InitializeOptions } from '../filesystem/initialize.js';
import { HM2$M_ERASE, HM2$M_NOHIGHWATER, homeBlockOf } from '../filesystem/on-disk.js';
import { isHomeBlock } from '../filesystem/volume.js';
import { LABEL_CHARACTERS, volumeLabel } from '../filesystem/tape/labels.js';
import { isTape, TapeChannel } from './tape-channel.js';
import { DiskChannel, onChannel } from './disk-channel.js';
import { numberOptions, wantedVolume, type WantedVolume } from './initialize-options.js';
import { messageCode, report, severe } from './messages.js';
import { getProcess } from './process-information.js';
import { applyProtection } from './protection.js';
import { uicQualifier } from './selection.js';
import { setDensity } from './set-magtape.js';

/**
 * INIT.EXE: makes a disk an empty Files-11 volume of structure level 2, or a tape an ANSI volume without files. Who may: the owner of the volume that is on it, or who has VOLPRO
 * privilege; LOG_IO privilege in any case. What the qualifiers mean is in initialize-options.ts. @source DCL Dictionary, INITIALIZE
 */
const BLOCK = 512;
/** Blocks that /ERASE writes at once. */
const ERASED_AT_ONCE = 64;
const HOME_LBN = 1;
const SYSTEM_OWNER = 0x0001_0001;

interface Who {
  readonly uic: number;
  readonly username: string;
  readonly privileges: bigint;
}

const ITEMS = { uic: { code: JPI$_UIC, kind: 'long' }, username: { code: JPI$_USERNAME, kind: 'text' }, privileges: { code: JPI$_CURPRIV, kind: 'quad' } } as const;

const holds = ({ privileges }: Who, bit: number): boolean => ((privileges >> BigInt(bit)) & 1n) !== 0n;

function* invoker(p: Procedure): Flow<Who> {
  return yield* p.scratch(function* () { return (yield* getProcess(p, p.allocate(4), ITEMS)).values; });
}

/** What goes to the disk, in order; the home blocks are last. @returns the reason when such a volume cannot be */
function layOut(blocks: number, options: InitializeOptions): readonly (readonly [lbn: number, bytes: Uint8Array])[] | string {
  const writes: [number, Uint8Array][] = [];
  try {
    initializeVolume({ blocks, read: (_lbn, count) => new Uint8Array(count * BLOCK), write: (lbn, bytes) => { writes.push([lbn, bytes.slice()]); } }, options);
    return writes;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Owner of the volume: /OWNER_UIC, /SYSTEM, /GROUP, or who makes it. A status when he may not. */
function* volumeOwner(p: Procedure, who: Who, { isSystem, isGroup, givesOwner }: WantedVolume): Flow<{ readonly uic: number } | number> {
  if (!isSystem && !givesOwner) return { uic: isGroup ? (who.uic & 0xffff_0000) >>> 0 : who.uic };
  if (who.uic >>> 16 > p.kernel.sys.EXE$GL_SYSUIC && !holds(who, PRV$V_SYSPRV)) return SS$_NOPRIV;
  return isSystem ? { uic: SYSTEM_OWNER } : yield* uicQualifier(p, 'OWNER_UIC');
}

function* initialize(p: Procedure, disk: DiskChannel, label: string, wanted: WantedVolume): Flow<number> {
  const who = yield* invoker(p);
  const old = yield* onChannel(disk.read(HOME_LBN, 1));
  if (isHomeBlock(old) && homeBlockOf(old).HM2$L_VOLOWNER !== who.uic && !holds(who, PRV$V_VOLPRO)) return yield* severe(p, 'INIT', SS$_NOPRIV);
  if (wanted.numbers['ACCESSED'] !== undefined && !holds(who, PRV$V_OPER)) return yield* severe(p, 'INIT', SS$_NOPRIV);
  const chosen = numberOptions(wanted, disk.blocks);
  if (typeof chosen === 'string') return yield* report(p, { code: messageCode('INIT$_VALUERR'), args: [chosen] });
  const owner = yield* volumeOwner(p, who, wanted);
  if (typeof owner === 'number') return yield* severe(p, 'INIT', owner);
  const writes = layOut(disk.blocks, {
    ...chosen, label, owner: owner.uic, ownerName: (wanted.userName ?? who.username.trim()).toUpperCase().slice(0, 12),
    date: p.kernel.sys.EXE$GQ_SYSTIME, volumeProtection: applyProtection(wanted.sharing, wanted.protection),
    fileProtection: applyProtection(DEFAULT_FILE_PROTECTION, wanted.fileProtection), badBlocks: wanted.badBlocks,
    // High water marks are not kept on the volume, and so it says.
    characteristics: HM2$M_NOHIGHWATER | (wanted.erases ? HM2$M_ERASE : 0),
  });
  if (typeof writes === 'string') return yield* report(p, { code: messageCode('INIT$_VALUERR'), args: [writes] });
  // While the volume is half made there is no home block.
  yield* onChannel(disk.write(HOME_LBN, new Uint8Array(BLOCK)));
  if (wanted.erases) yield* eraseDisk(disk);
  for (const [lbn, bytes] of writes) yield* onChannel(disk.write(lbn, bytes));
  return SS$_NORMAL;
}

/** /ERASE: zeroes everywhere. */
function* eraseDisk(disk: DiskChannel): Flow<void> {
  for (let lbn = 0; lbn < disk.blocks; lbn += ERASED_AT_ONCE) {
    yield* onChannel(disk.write(lbn, new Uint8Array(BLOCK * Math.min(ERASED_AT_ONCE, disk.blocks - lbn))));
  }
}

const main = procedure('INIT$MAIN', function* (p) {
  const typed = (yield* cliGetValue(p, 'DEVICE'))!.toUpperCase();
  const device = typed.includes(':') ? typed : `${typed}:`;
  const label = (yield* cliGetValue(p, 'VOLUME'))!.toUpperCase();
  if (!/^[A-Z0-9$_-]{1,12}$/.test(label)) return yield* report(p, { code: messageCode('INIT$_BADVOLLABEL'), args: [label] });
  const density = yield* cliGetValue(p, 'DENSITY');
  if (yield* isTape(p, device)) return yield* initializeTape(p, device, label, density);
  if (density !== undefined) return yield* report(p, { code: messageCode('INIT$_VALUERR'), args: ['/DENSITY is for tapes'] });
  const wanted = yield* wantedVolume(p);
  if (typeof wanted === 'number') return wanted;
  const disk = yield* DiskChannel.open(p, device);
  if (typeof disk === 'number') return yield* severe(p, 'INIT', disk);
  if (disk.isMounted) {
    yield* disk.close();
    return yield* severe(p, 'INIT', SS$_DEVMOUNT);
  }
  yield* disk.close();
  return yield* whileAllocated(p, device, function* () {
    const own = yield* DiskChannel.open(p, device);
    if (typeof own === 'number') return yield* severe(p, 'INIT', own);
    let status: number;
    try {
      status = yield* initialize(p, own, label, wanted);
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      status = yield* severe(p, 'INIT', error.status);
    }
    yield* own.close();
    return status;
  });
});

/** A tape: volume label and two marks. What has been on it is gone. choice: labels of the old volume protect nothing */
function* initializeTape(p: Procedure, device: string, label: string, density: string | undefined): Flow<number> {
  if (label.length > LABEL_CHARACTERS) return yield* report(p, { code: messageCode('INIT$_BADVOLLABEL'), args: [label] });
  return yield* whileAllocated(p, device, function* () {
    const tape = yield* TapeChannel.open(p, device);
    if (typeof tape === 'number') return yield* severe(p, 'INIT', tape);
    let status: number = tape.isMounted ? SS$_DEVMOUNT : yield* tape.begin();
    if ((status & 1) !== 0 && density !== undefined) status = yield* setDensity(p, tape, density);
    if (status & 1) status = yield* tape.write(volumeLabel(label));
    if (status & 1) status = yield* tape.marks(2);
    if (status & 1) status = yield* tape.begin();
    yield* tape.close();
    return status & 1 ? SS$_NORMAL : yield* severe(p, 'INIT', status);
  });
}

/** Nobody else may use the disk meanwhile. */
function* whileAllocated(p: Procedure, device: string, body: () => Flow<number>): Flow<number> {
  const allocated = yield* p.scratch(() => service(p, '$ALLOC', { devnam: p.string(device) }));
  if (!(allocated & 1)) return yield* severe(p, 'INIT', allocated);
  const status = yield* body();
  if (allocated !== SS$_DEVALRALLOC) yield* p.scratch(() => service(p, '$DALLOC', { devnam: p.string(device) }));
  return status;
}

export const INIT_IMAGE: ResidentImage = { name: 'INIT', transfer: 'INIT$MAIN', routines: [main] };
