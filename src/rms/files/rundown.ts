import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { runThread } from '../../executive/gate/thread.js';
import { RMS$_NORMAL } from '../../executive/starlet/rmsdef.js';
import { forgetEndOfData } from '../records/data-stream.js';
import { detachPool } from '../records/global-buffers.js';
import { releaseFile } from '../operation.js';
import { files, streamsOf } from '../segments.js';
import { IFAB } from '../structures.js';
import { closeDisk } from './close.js';

/**
 * $RMSRUNDWN: closes the files an image left open; when the process goes (type 2) process permanent ones as well. Then it leaves pools of global buffers as they are, for to go is
 * more important than to write what is modified in them. @source book 22.2, step 4; fact ch22#28
 */
const ALL = 2;

export const rundown = procedure('RMS$RMSRUNDWN', function* (p) {
  const { gate, processKey } = p.kernel;
  for (const permanent of p.argument(2) >= ALL ? [false, true] : [false]) {
    for (const ifab of [...files(p, permanent)]) {
      for (const irab of streamsOf(p, ifab)) gate.cancelThread(processKey, irab.address);
      gate.cancelThread(processKey, ifab.address);
      ifab.IFB$V_RUNDOWN = 1;
      const context = { structure: ifab.address, iosb: ifab.address + IFAB.offset.IFB$Q_IOSB, ifab, mode: 1 };
      if (p.argument(2) >= ALL) yield* detachPool(p, ifab);
      yield* runThread(p, ifab.address, closeDisk(p, context, false));
      yield* runThread(p, ifab.address, releaseFile(p, ifab));
    }
  }
  forgetEndOfData(p);
  if (p.argument(2) < ALL) yield* endReads(p);
  return RMS$_NORMAL;
});

/** What the image still had under way on process permanent files (a read of the terminal) is given up, so that the command interpreter can use them. */
function* endReads(p: Procedure): Flow<void> {
  for (const ifab of files(p, true)) {
    for (const irab of streamsOf(p, ifab)) {
      if (!irab.IRB$V_BUSY || irab.IRB$B_MODE !== USER) continue;
      p.kernel.gate.cancelThread(p.kernel.processKey, irab.address);
      irab.IRB$V_BUSY = 0;
      yield* detachPool(p, ifab);
      yield* service(p, '$CANCEL', { chan: ifab.IFB$W_CHAN });
    }
  }
}

const USER = 3;
