import { describe, expect, test } from 'vitest';
import { asFiles, linked } from './linked-images.js';
import { UtilitySession } from './session.js';

/** Which images start with the debugger, and which image that is (book 21.2.4). What stands for it here ends with a status that tells. */
const DEBUGGED = '%X10001001';
const PLAIN = '%X10002001';

const IMAGE = `
	.PSECT CODE,NOWRT,EXE
	.ENTRY START,0
	MOVL #^X10002001,R0
	RET
	.END START
`;
/** Begins with the offset of its entry; calls the image itself, which it finds where SYS$IMGSTA would. */
const debuggerThatEndsWith = (status: string): string => `
	.PSECT CODE,PIC,SHR,NOWRT,EXE,PAGE
BASE:	.LONG GO-BASE
GO:	.WORD 0
	MOVL @4(AP),R0
	CALLG (AP),(R0)
	MOVL #^X${status},R0
	RET
	.END
`;
const debuggerImage = (name: string, status: string): ReturnType<typeof linked> => linked(name, debuggerThatEndsWith(status), { shareable: true });

const images = asFiles({
  WITH: linked('WITH', IMAGE, { debug: true }), WITHOUT: linked('WITHOUT', IMAGE), TEST: debuggerImage('TEST', '10001001'), DEBUG: debuggerImage('DEBUG', '10001009'),
});

function statusAfter(session: UtilitySession, ...commands: readonly string[]): string {
  session.lines(...commands);
  return /%X[0-9A-F]+/.exec(session.lines('SHOW SYMBOL $STATUS').join(''))![0];
}

describe('the debugger', () => {
  test('ch21#19: comes with an image linked /DEBUG, not at RUN/NODEBUG; with any image at RUN/DEBUG', () => {
    const session = new UtilitySession(images);
    session.lines('DEFINE LIB$DEBUG DUA0:[TEST]TEST.EXE');
    const statuses = ['RUN WITH', 'RUN/NODEBUG WITH', 'RUN/DEBUG WITH', 'RUN WITHOUT', 'RUN/NODEBUG WITHOUT', 'RUN/DEBUG WITHOUT'].map((command) => statusAfter(session, command));
    expect(statuses).toEqual([DEBUGGED, PLAIN, DEBUGGED, PLAIN, PLAIN, DEBUGGED]);
  });

  test('ch21#20: is the image DEBUG unless LIB$DEBUG names another one; without any the image does not run', () => {
    const session = new UtilitySession(images);
    session.lines('DEFINE SYS$SHARE DUA0:[TEST]');
    expect(statusAfter(session, 'RUN/DEBUG WITHOUT')).toBe('%X10001009');
    session.lines('DEFINE SYS$SHARE DUA0:[000000]');
    const lines = session.lines('RUN/DEBUG WITHOUT');
    expect(lines).toEqual(['%DCL-W-ACTIMAGE, error activating image DEBUG', '-RMS-E-FNF, file not found']);
    session.lines('DEFINE LIB$DEBUG DUA0:[TEST]TEST.EXE');
    expect(statusAfter(session, 'RUN/DEBUG WITHOUT')).toBe(DEBUGGED);
  });
});
