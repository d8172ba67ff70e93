import { DiskController, diskControllerPlace } from '../../src/emulator/devices/disk.js';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../../src/executive/starlet/fabdef.js';
import { LNM$_ATTRIBUTES, LNM$_STRING } from '../../src/executive/starlet/lnmdef.js';
import { NAM, NAM$C_BID, NAM$C_BLN } from '../../src/executive/starlet/namdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../../src/executive/starlet/rabdef.js';
import { readText, textToBytes } from '../../src/executive/structures/memory.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import type { HostDirectory } from '../../src/filesystem/host/host-directory.js';
import { connectHostDirectories, fileSystemImage, mountVolume } from '../../src/filesystem/index.js';
import { initializeVolume } from '../../src/filesystem/initialize.js';
import { RMS_IMAGE } from '../../src/rms/index.js';
import { TEST_TIME, TestSystem, type Program } from '../harness.js';

export type FabView = ReturnType<typeof FAB.at>;
export type RabView = ReturnType<typeof RAB.at>;
export type NamView = ReturnType<typeof NAM.at>;

/** A zeroed FAB for `name`, in scratch space. */
export function makeFab(p: Procedure, name: string, fields: Partial<Record<'fac' | 'fop' | 'rfm' | 'rat' | 'mrs' | 'shr' | 'org' | 'fsz' | 'alq', number>> = {}, defaults = ''): FabView {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_FNA = p.bytes(textToBytes(name));
  fab.FAB$B_FNS = name.length;
  fab.FAB$L_DNA = p.bytes(textToBytes(defaults));
  fab.FAB$B_DNS = defaults.length;
  fab.FAB$B_FAC = fields.fac ?? 0;
  fab.FAB$L_FOP = fields.fop ?? 0;
  fab.FAB$B_RFM = fields.rfm ?? 0;
  fab.FAB$B_RAT = fields.rat ?? 0;
  fab.FAB$W_MRS = fields.mrs ?? 0;
  fab.FAB$B_SHR = fields.shr ?? 0;
  fab.FAB$B_ORG = fields.org ?? 0;
  fab.FAB$B_FSZ = fields.fsz ?? 0;
  fab.FAB$L_ALQ = fields.alq ?? 0;
  return fab;
}

export function makeRab(p: Procedure, fab: FabView, size = 512): RabView {
  const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
  rab.RAB$B_BID = RAB$C_BID;
  rab.RAB$B_BLN = RAB$C_BLN;
  rab.RAB$L_FAB = fab.address;
  rab.RAB$L_UBF = p.allocate(size);
  rab.RAB$W_USZ = size;
  return rab;
}

export function makeNam(p: Procedure, fab: FabView): NamView {
  const nam = NAM.at(p.memory, p.allocate(NAM$C_BLN));
  nam.NAM$B_BID = NAM$C_BID;
  nam.NAM$B_BLN = NAM$C_BLN;
  nam.NAM$L_ESA = p.allocate(256);
  nam.NAM$B_ESS = 255;
  nam.NAM$L_RSA = p.allocate(256);
  nam.NAM$B_RSS = 255;
  fab.FAB$L_NAM = nam.address;
  return nam;
}

export function expanded(p: Procedure, nam: NamView): string {
  return readText(p.memory, nam.NAM$L_ESA, nam.NAM$B_ESL);
}

export function resultant(p: Procedure, nam: NamView): string {
  return readText(p.memory, nam.NAM$L_RSA, nam.NAM$B_RSL);
}

export function* putText(p: Procedure, rab: RabView, text: string): Flow<number> {
  return yield* p.scratch(function* () {
    rab.RAB$L_RBF = p.bytes(textToBytes(text));
    rab.RAB$W_RSZ = text.length;
    return yield* service(p, '$PUT', { rab: rab.address });
  });
}

/** The next record, or the status that ends the file. */
export function* getText(p: Procedure, rab: RabView): Flow<string | number> {
  const status = yield* service(p, '$GET', { rab: rab.address });
  return status & 1 ? readText(p.memory, rab.RAB$L_RBF, rab.RAB$W_RSZ) : status;
}

export function* define(p: Procedure, name: string, values: readonly string[], attributes = 0): Flow<number> {
  return yield* p.scratch(function* () {
    const flags = p.allocate(4);
    p.memory.writeLong(flags, attributes);
    return yield* service(p, '$CRELNM', {
      tabnam: p.string('LNM$PROCESS_TABLE'), lognam: p.string(name),
      itmlst: p.itemList(values.flatMap((value) => [
        { code: LNM$_ATTRIBUTES, length: 4, buffer: flags },
        { code: LNM$_STRING, length: value.length, buffer: p.bytes(textToBytes(value)) },
      ])),
    });
  });
}

export const BLOCKS = 4000;

/**
 * Boots a system with an empty volume on DUA0:, mounted and the default device, [000000] the default directory, and runs `program`.
 *
 * @param console    what is typed at OPA0: when the program has come to wait
 * @param directory  a host directory for HDA0:
 * @param others     programs of other processes, as images
 */
export function runOnDisk(
  program: (p: Procedure) => Flow<number>, console = '', directory?: HostDirectory, others: Readonly<Record<string, Program>> = {},
): { readonly system: TestSystem; readonly store: MemoryBlocks } {
  const store = new MemoryBlocks(BLOCKS);
  initializeVolume(store, { label: 'TEST', date: TEST_TIME });
  let finished = false;
  const system = new TestSystem({
    systemImages: [RMS_IMAGE, fileSystemImage(directory ? [directory] : [])],
    attach: (machine) => {
      const { base, vector } = diskControllerPlace(0);
      new DiskController(machine, base, vector).attach(0, store);
    },
    programs: {
      ...others,
      SYSINIT: function* (p) {
        check(yield* mountVolume(p, '_DUA0:'));
        if (directory) {
          check(yield* connectHostDirectories(p));
          check(yield* mountVolume(p, 'HDA0:'));
        }
        check(yield* define(p, 'SYS$DISK', ['DUA0:']));
        check(yield* service(p, '$SETDDIR', { newdir: p.string('[000000]') }));
        const status = yield* program(p);
        finished = true;
        return status;
      },
    },
  });
  system.runUntilIdle(30);
  for (const character of console) {
    system.system.machine.console.receive(character.charCodeAt(0));
    system.runUntilIdle(0);
  }
  if (!finished) throw new Error(`the program did not end\n${system.console}`);
  return { system, store };
}

function check(status: number): void {
  if (!(status & 1)) throw new Error(`status ${status.toString(16)}`);
}
