import { expect, test } from 'vitest';
import type { ResidentImage } from '../../../src/executive/boot/sysboot.js';
import { procedure } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { LCK$K_EXMODE } from '../../../src/executive/starlet/lckdef.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { Session } from '../../dcl/boot-dcl.js';

/** In kernel mode, called by $CMKRNL: goes out to supervisor mode and calls there. */
const SOURCE = `
LOCKS$START::
	.WORD	0
	PUSHAB	LOCKS$SUPERVISOR
	PUSHAB	LOCKS$CALL
	CALLS	#2,LOCKS$MAIN
	RET
LOCKS$SUPERVISOR::
	.WORD	0
	PUSHL	#^X02800000
	PUSHAB	B^10$
	REI
10$:	CLRL	FP
	CALLS	#0,LOCKS$CALL
	PUSHL	#1
	CALLS	#1,@#SYS$EXIT
	HALT
`;

test('ch02#33: $ENQ and $DEQ can be called from every access mode', () => {
  const seen: number[][] = [];
  const call = procedure('LOCKS$CALL', function* (p) {
    const mode = p.kernel.cpu.currentMode;
    const lksb = p.allocate(24);
    const granted = yield* service(p, '$ENQW', { efn: 3, lkmode: LCK$K_EXMODE, lksb, resnam: p.string('MODES') });
    const status = p.memory.readWord(lksb);
    const given = yield* service(p, '$DEQ', { lkid: p.memory.readLong(lksb + 4) });
    seen.push([mode, granted, status, given]);
    return SS$_NORMAL;
  });
  const main = procedure('LOCKS$MAIN', function* (p) {
    const list = p.allocate(4);
    yield* p.call(p.argument(1));
    yield* service(p, '$CMEXEC', { routin: p.argument(1), arglst: list });
    yield* service(p, '$CMKRNL', { routin: p.argument(1), arglst: list });
    return yield* service(p, '$CMKRNL', { routin: p.argument(2), arglst: list });
  });
  const image: ResidentImage = { name: 'LOCKS', source: SOURCE, transfer: 'LOCKS$START', routines: [main, call], privileges: 0xffffffffffffffffn };
  const session = new Session([image], {});
  session.run();
  session.type('MCR LOCKS');
  expect(seen).toEqual([3, 1, 0, 2].map((mode) => [mode, SS$_NORMAL, SS$_NORMAL, SS$_NORMAL]));
});
