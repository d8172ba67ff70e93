import { expect, test } from 'vitest';
import { CTL$GL_VECTORS, P1_CELLS, PIO_BASE, PIO_CELLS } from '../../src/executive/structures/p1-cells.js';
import { PRT$C_UREW, PTE$M_PFN } from '../../src/executive/structures/pte.js';
import { owner, p1Pte, protection } from '../executive/boot/p1-reader.js';
import { asFiles, linked } from './linked-images.js';
import { UtilitySession } from './session.js';

/** The image I/O segment of an image that was linked with the option IOSEGMENT (book F.6). */

/** Waits for ten seconds. */
const WAITS = `
	.PSECT DATA,WRT,NOEXE
TIME:	.LONG -100000000,-1
	.PSECT CODE,NOWRT,EXE
	.ENTRY START,0
	CLRL -(SP)
	CLRL -(SP)
	PUSHAQ TIME
	PUSHL #9
	CALLS #4,G^SYS$SETIMR
	PUSHL #9
	CALLS #1,G^SYS$WAITFR
	RET
	.END START
`;
const IMGIOCNT = 32;

test('appF#34: a larger one than IMGIOCNT is made by the image activator, and goes with the image; a smaller one is not', () => {
  const session = new UtilitySession(asFiles({ LARGE: linked('LARGE', WAITS, { imageIoPages: 100 }), SMALL: linked('SMALL', WAITS, { imageIoPages: 20 }) }));
  const k = session.session.system.kernel;
  session.lines('');
  // The session's process is the last one that was made.
  const pcb = Array.from({ length: k.sys.SCH$GL_MAXPIX + 1 }, (_, index) => k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index)).findLast((address) => address !== k.symbol('SCH$GL_NULLPCB'))!;
  /** A longword of its P1 space, whose page is in memory, valid or not: an image begins with an empty working set. */
  const long = (address: number): number => k.machine.memory.view.getUint32((p1Pte(k, pcb, address) & PTE$M_PFN) * 512 + (address & 511), true);
  const permanent = long(CTL$GL_VECTORS + P1_CELLS.offset.CTL$GL_CTLBASVA);
  const own = long(PIO_BASE + PIO_CELLS.offset.PIO$GQ_IIODEFAULT + 4);
  /** Address and bytes of the free list's first block. */
  const free = (): [number, number] => {
    const first = long(PIO_BASE + PIO_CELLS.offset.PIO$GL_IIOFSPLH);
    return [first, long(first + 4)];
  };
  expect(own).toBeGreaterThan(permanent);
  session.lines('RUN LARGE');
  const [segment, bytes] = free();
  expect(segment).toBeLessThan(permanent);
  expect(bytes).toBe(100 * 512);
  for (const page of [segment, segment + 99 * 512]) expect([protection(p1Pte(k, pcb, page)), owner(p1Pte(k, pcb, page))]).toEqual([PRT$C_UREW, 1]);
  session.session.run(15);
  expect(free()).toEqual([own, IMGIOCNT * 512]);
  session.lines('RUN SMALL');
  expect(free()).toEqual([own, IMGIOCNT * 512]);
});
