import type { SystemSpaceImage } from '../executive/boot/sysboot.js';
import { rmsDispatchSource } from '../executive/dispatch/index.js';
import { procedure, type Microroutine } from '../executive/gate/microroutine.js';
import { service } from '../executive/gate/service-call.js';
import {
  RMS$_DEV, RMS$_FAB, RMS$_FNM, RMS$_IFI, RMS$_ISI, RMS$_NORMAL, RMS$_RAB,
} from '../executive/starlet/rmsdef.js';
import { IFAB } from './structures.js';
import { getDeviceRecord, putDeviceRecord } from './device-records.js';
import { callerFab, callerRab, fileService, finish, ioAst, recordService, type Completion, type Fab } from './operation.js';
import { closeDevice, locate, nameStrings, openDevice, openPermanent } from './open.js';
import { createIrab, deleteIfab, deleteIrab, files, findFile, findStream } from './segments.js';
import type { Procedure } from '../executive/gate/procedure.js';
import type { Flow } from '../executive/gate/microroutine.js';
import { FAB } from '../executive/starlet/fabdef.js';

/** RMS.EXE: its services and their dispatcher. A new service is written here and listed in SERVICES. */
const INDIRECT = 0x4000;

function* openOrCreate(p: Procedure, fab: Fab, mode: number): Flow<Completion> {
  const names = nameStrings(p, fab, mode);
  if (!names) return { status: RMS$_FNM };
  const target = yield* locate(p, names.name, mode);
  switch (target.kind) {
    case 'permanent': return openPermanent(p, fab, target.ifi);
    case 'device': return yield* openDevice(p, fab, mode, target.device);
    case 'error': return target.completion;
    default: return { status: RMS$_DEV };
  }
}

const open = fileService('$OPEN', openOrCreate);
const create = fileService('$CREATE', openOrCreate);

const close = fileService('$CLOSE', function* (p, fab) {
  const ifab = findFile(p, fab.FAB$W_IFI);
  return ifab ? yield* closeDevice(p, fab, ifab) : { status: RMS$_IFI };
});

const connect = procedure('RMS$CONNECT', function* (p) {
  const rab = callerRab(p);
  if (!rab) return RMS$_RAB;
  const mode = p.kernel.callerMode;
  const fabAddress = rab.RAB$L_FAB;
  if (!p.kernel.cpu.probe(fabAddress, FAB.size, mode, true)) return finish(p, rab, { status: RMS$_FAB });
  const ifi = FAB.at(p.memory, fabAddress).FAB$W_IFI;
  const ifab = findFile(p, ifi);
  if (!ifab) return finish(p, rab, { status: RMS$_IFI });
  const existing = ifi & INDIRECT && ifab.IFB$L_IRAB !== 0 ? p.memory.readWord(ifab.IFB$L_IRAB + 0x0c) : 0;
  if (existing !== 0) {
    rab.RAB$W_ISI = existing | INDIRECT;
    return finish(p, rab, { status: RMS$_NORMAL });
  }
  const irab = createIrab(p, ifab);
  if (!irab) return finish(p, rab, { status: RMS$_ISI });
  rab.RAB$W_ISI = irab.IRB$W_ISI | (ifi & INDIRECT);
  return finish(p, rab, { status: RMS$_NORMAL });
});

const disconnect = procedure('RMS$DISCONNECT', function* (p) {
  const rab = callerRab(p);
  if (!rab) return RMS$_RAB;
  const irab = findStream(p, rab.RAB$W_ISI);
  if (!irab) return finish(p, rab, { status: RMS$_ISI });
  if (!(rab.RAB$W_ISI & INDIRECT)) deleteIrab(p, irab);
  rab.RAB$W_ISI = 0;
  return finish(p, rab, { status: RMS$_NORMAL });
});

const get = recordService('$GET', getDeviceRecord);
const put = recordService('$PUT', putDeviceRecord);

/** $RMSRUNDWN: closes the files an image left open; process permanent ones only when the process goes (type 2). */
const rundown = procedure('RMS$RMSRUNDWN', function* (p) {
  const all = p.argument(2) >= 2;
  for (const permanent of all ? [false, true] : [false]) {
    for (const ifab of [...files(p, permanent)]) {
      const chan = ifab.IFB$W_CHAN;
      for (let irab = ifab.IFB$L_IRAB; irab !== 0; irab = p.memory.readLong(irab)) p.kernel.gate.cancelThread(p.kernel.processKey, irab);
      deleteIfab(p, IFAB.at(p.memory, ifab.address));
      yield* service(p, '$DASSGN', { chan });
    }
  }
  return RMS$_NORMAL;
});

const SERVICES: readonly Microroutine[] = [open, create, close, connect, disconnect, get, put, rundown];

export const RMS_IMAGE: SystemSpaceImage = {
  name: 'RMS',
  source: rmsDispatchSource(new Set(SERVICES.map((routine) => routine.name.replace('RMS$', '$')))),
  routines: [...SERVICES, ioAst],
  baseCell: 'MMG$GL_RMSBASE',
};
export { callerFab };
