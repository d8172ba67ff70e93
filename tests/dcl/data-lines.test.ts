import { expect, it } from 'vitest';
import { procedure } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$M_GET } from '../../src/executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../../src/executive/starlet/rabdef.js';
import { bytesToText, textToBytes } from '../../src/executive/structures/memory.js';
import { Session } from './boot-dcl.js';

const read: string[] = [];

/** Reads one record from SYS$INPUT. */
const reader = procedure('READER$MAIN', function* (p) {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$B_FAC = FAB$M_GET;
  fab.FAB$L_FNA = p.bytes(textToBytes('SYS$INPUT'));
  fab.FAB$B_FNS = 9;
  const opened = yield* service(p, '$OPEN', { fab: fab.address });
  if (!(opened & 1)) return opened;
  const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
  rab.RAB$B_BID = RAB$C_BID;
  rab.RAB$B_BLN = RAB$C_BLN;
  rab.RAB$L_FAB = fab.address;
  rab.RAB$L_UBF = p.allocate(256);
  rab.RAB$W_USZ = 256;
  const connected = yield* service(p, '$CONNECT', { rab: rab.address });
  if (!(connected & 1)) return connected;
  const status = yield* service(p, '$GET', { rab: rab.address });
  if (status & 1) read.push(bytesToText(p.memory.readBytes(rab.RAB$L_RBF, rab.RAB$W_RSZ)));
  return status;
});

it('an image reads the data lines behind its command; the procedure goes on behind them (ch23#22)', () => {
  const image = { name: 'READER', routines: [reader], transfer: 'READER$MAIN' };
  const session = new Session([image], {
    'DATA.COM': ['$ I = 0', '$LOOP:', '$ I = I + 1', '$ RUN SYS$SYSTEM:READER', 'first', 'not read', '$ WRITE SYS$OUTPUT "went on ",I', '$ IF I .LT. 2 THEN GOTO LOOP', '$ WRITE SYS$OUTPUT "done"'].join('\n'),
  });
  session.run();
  const shown = session.type('@data').split(/[\r\n\0]+/).filter((line) => line !== '' && line !== '$ ');
  expect(read).toEqual(['first', 'first']);
  const skipped = '%DCL-W-SKPDAT, image data (records not beginning with "$") ignored';
  expect(shown.slice(1)).toEqual([skipped, 'went on 1', skipped, 'went on 2', 'done']);
});
