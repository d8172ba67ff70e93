import { procedure } from '../../executive/gate/microroutine.js';
import { runThread } from '../../executive/gate/thread.js';
import { RMS$_NORMAL } from '../../executive/starlet/rmsdef.js';
import { releaseFile } from '../operation.js';
import { files, streamsOf } from '../segments.js';
import { IFAB } from '../structures.js';
import { closeDisk } from './close.js';

/** $RMSRUNDWN: closes the files an image left open; process permanent ones only when the process goes (type 2). */
const ALL = 2;

export const rundown = procedure('RMS$RMSRUNDWN', function* (p) {
  const { gate, processKey } = p.kernel;
  for (const permanent of p.argument(2) >= ALL ? [false, true] : [false]) {
    for (const ifab of [...files(p, permanent)]) {
      for (const irab of streamsOf(p, ifab)) gate.cancelThread(processKey, irab.address);
      gate.cancelThread(processKey, ifab.address);
      ifab.IFB$V_RUNDOWN = 1;
      const context = { structure: ifab.address, iosb: ifab.address + IFAB.offset.IFB$Q_IOSB, ifab, mode: 1 };
      yield* runThread(p, ifab.address, closeDisk(p, context, false));
      yield* runThread(p, ifab.address, releaseFile(p, ifab));
    }
  }
  return RMS$_NORMAL;
});
