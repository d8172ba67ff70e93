import { expect, it } from 'vitest';
import { procedure } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_REL, FAB$C_VAR, FAB$M_DFW, FAB$M_GET, FAB$M_PUT, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD } from '../../src/executive/starlet/fabdef.js';
import { XAB$M_CHG, XAB$M_DUP } from '../../src/executive/starlet/xabdef.js';
import { UTILITY_IMAGES } from '../../src/utilities/index.js';
import { indexedFab, openStream, setKey } from '../rms/indexed-support.js';
import { makeFab, putText } from '../rms/support.js';
import { Session } from './boot-dcl.js';

/** Makes PEOPLE.DAT, indexed by name (0-7) and town (8-13), and SEATS.DAT, relative. */
const maker = procedure('MAKER$MAIN', function* (p) {
  const people = indexedFab(p, [{ segments: [[0, 8]] }, { segments: [[8, 6]], flags: XAB$M_DUP | XAB$M_CHG }]);
  const seats = makeFab(p, 'SEATS.DAT', { fac: FAB$M_PUT, org: FAB$C_REL, rfm: FAB$C_VAR, mrs: 40 });
  for (const [fab, name] of [[people, 'PEOPLE.DAT'], [seats, 'SEATS.DAT']] as const) {
    fab.FAB$L_FNA = p.bytes(Uint8Array.from(name, (letter) => letter.charCodeAt(0)));
    fab.FAB$B_FNS = name.length;
    const status = yield* service(p, '$CREATE', { fab: fab.address });
    if (!(status & 1)) return status;
    yield* service(p, '$CLOSE', { fab: fab.address });
  }
  return 1;
});

it('OPEN, WRITE, READ/KEY/INDEX/MATCH, READ/DELETE, WRITE/UPDATE on an indexed file; a relative one in turn', () => {
  const image = { name: 'MAKER', routines: [maker], transfer: 'MAKER$MAIN' };
  const script = `$ RUN SYS$SYSTEM:MAKER
$ OPEN/READ/WRITE F PEOPLE.DAT
$ WRITE F "MILLER  LONDON first"
$ WRITE F "ADAMS   PARIS  second"
$ WRITE F "SMITH   LONDON third"
$ WRITE/ERROR=TWICE F "ADAMS   OSLO   again"
$ WRITE SYS$OUTPUT "not reached"
$TWICE: WRITE SYS$OUTPUT F$MESSAGE($STATUS)
$ READ F X
$ WRITE SYS$OUTPUT X
$ READ/KEY="SMITH" F X
$ WRITE SYS$OUTPUT X
$ READ/KEY="LONDON"/INDEX=1 F X
$ WRITE SYS$OUTPUT X
$ WRITE/UPDATE F "MILLER  BERLIN moved"
$ READ/KEY="B"/INDEX=1/MATCH=GE F X
$ WRITE SYS$OUTPUT X
$ READ/DELETE/KEY="ADAMS"/MATCH=EQ F X
$ READ/KEY="ADAMS"/ERROR=GONE F X
$ WRITE SYS$OUTPUT "not reached"
$GONE: WRITE SYS$OUTPUT F$MESSAGE($STATUS)
$ CLOSE F
$ OPEN/READ F PEOPLE.DAT
$LOOP: READ/END_OF_FILE=DONE F X
$ WRITE SYS$OUTPUT X
$ GOTO LOOP
$DONE: CLOSE F
$ OPEN/READ/WRITE G SEATS.DAT
$ WRITE G "seat one"
$ WRITE G "seat two"
$ CLOSE G
$ OPEN/READ G SEATS.DAT
$ READ G X
$ READ G Y
$ WRITE SYS$OUTPUT X,"+",Y
$ CLOSE G`;
  const session = new Session([image], { 'KEYED.COM': script });
  session.run();
  const shown = session.type('@keyed').split(/[\r\n\0]+/).filter((line) => line !== '' && line !== '$ ');
  expect(shown.slice(1)).toEqual([
    '%RMS-F-DUP, duplicate key detected (DUP not set)', 'ADAMS   PARIS  second', 'SMITH   LONDON third', 'MILLER  LONDON first', 'MILLER  BERLIN moved',
    '%RMS-E-RNF, record not found', 'MILLER  BERLIN moved', 'SMITH   LONDON third', 'seat one+seat two',
  ]);
});

it('COPY keeps what a relative or indexed file is; TYPE and DIRECTORY/FULL show it', () => {
  const image = { name: 'MAKER', routines: [maker], transfer: 'MAKER$MAIN' };
  const script = `$ RUN SYS$SYSTEM:MAKER
$ OPEN/READ/WRITE F PEOPLE.DAT
$ WRITE F "MILLER  LONDON first"
$ WRITE F "ADAMS   PARIS  second"
$ CLOSE F
$ OPEN/READ/WRITE F SEATS.DAT
$ WRITE F "seat one"
$ CLOSE F
$ COPY PEOPLE.DAT OTHER.DAT
$ COPY SEATS.DAT CHAIRS.DAT
$ OPEN/READ F OTHER.DAT
$ READ/KEY="MIL" F X
$ WRITE SYS$OUTPUT X
$ CLOSE F
$ TYPE OTHER.DAT
$ TYPE CHAIRS.DAT`;
  const session = new Session([image, ...UTILITY_IMAGES], { 'KEYED.COM': script });
  session.run();
  const shown = session.type('@keyed').split(/[\r\n\0]+/).filter((line) => line !== '' && line !== '$ ');
  expect(shown.slice(1)).toEqual(['MILLER  LONDON first', 'ADAMS   PARIS  second', 'MILLER  LONDON first', 'seat one']);
  const full = session.type('DIRECTORY/FULL OTHER.DAT');
  expect(full).toContain('File organization:  Indexed');
});

/** Puts a record, deferred, into the pool of global buffers of PEOPLE.DAT, and stays. */
const holder = procedure('HOLDER$MAIN', function* (p) {
  const fab = makeFab(p, 'DUA0:[TEST]PEOPLE.DAT', { fac: FAB$M_PUT | FAB$M_GET, shr: FAB$M_SHRPUT | FAB$M_SHRGET | FAB$M_SHRUPD | FAB$M_SHRDEL, fop: FAB$M_DFW });
  const rab = yield* openStream(p, fab, '$OPEN');
  setKey(p, rab, '');
  yield* putText(p, rab, 'ADAMS   PARIS  deferred');
  for (;;) yield* service(p, '$HIBER', {});
});

it('OPEN of a file with global buffers: DCL reads what another process has in them, and no longer when that was stopped', () => {
  const images = [{ name: 'MAKER', routines: [maker], transfer: 'MAKER$MAIN' }, { name: 'HOLDER', routines: [holder], transfer: 'HOLDER$MAIN' }];
  const script = `$ RUN SYS$SYSTEM:MAKER
$ SET FILE/GLOBAL_BUFFER=20 PEOPLE.DAT
$ WRITE SYS$OUTPUT F$FILE_ATTRIBUTES("PEOPLE.DAT","GBC")
$ RUN SYS$SYSTEM:HOLDER/PROCESS_NAME=HOLDER
$ WAIT 00:00:02
$ OPEN/READ/SHARE=WRITE F PEOPLE.DAT
$ READ F X
$ WRITE SYS$OUTPUT X
$ CLOSE F
$ STOP HOLDER
$ WAIT 00:00:02
$ OPEN/READ/WRITE/SHARE=WRITE F PEOPLE.DAT
$ READ/END_OF_FILE=GONE F X
$ WRITE SYS$OUTPUT "not reached"
$GONE: WRITE F "MILLER  LONDON mine"
$ READ/KEY="MILLER" F X
$ WRITE SYS$OUTPUT X
$ CLOSE F`;
  const session = new Session([...images, ...UTILITY_IMAGES], { 'POOL.COM': script });
  session.run();
  const shown = (session.type('@pool') + session.run(10)).split(/[\r\n\0]+/).filter((line) => line !== '' && line !== '$ ');
  expect(shown.slice(1)).toEqual(['20', expect.stringContaining('%RUN-S-PROC_ID'), 'ADAMS   PARIS  deferred', 'MILLER  LONDON mine']);
});
