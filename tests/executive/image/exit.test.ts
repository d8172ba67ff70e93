import { describe, expect, test } from 'vitest';
import { EXE$CANEXH, EXE$DCLEXH } from '../../../src/executive/image/exit-handlers.js';
import { IMAGE_SOURCE } from '../../../src/executive/image/source.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { SS$_ACCVIO, SS$_NOHANDLER } from '../../../src/executive/starlet/ssdef.js';
import { KERNEL, USER, type BareMachine } from '../exceptions/bare-machine.js';
import { machineWith } from '../exceptions/fixture.js';

const EXECUTIVE = 1;
const SUPERVISOR = 2;
const p1 = (name: keyof typeof P1_CELLS.offset): number => CTL$GL_VECTORS + P1_CELLS.offset[name];

/** $DELPRC ends the test: it halts. */
function machine(image: string): BareMachine {
  return machineWith(image, {
    exit: `${IMAGE_SOURCE}\nEXE$TRACEBACK == EXIT_STAND_IN\nEXE$MAP_DEBUGGER == EXIT_STAND_IN\n`,
    source: 'EXE$DELPRC::\n	.WORD	0\n	HALT\nEXE$HIBER::\n	.WORD	0\n	HALT\n',
    routines: [EXE$DCLEXH, EXE$CANEXH], implemented: ['$DCLEXH', '$CANEXH', '$DELPRC', '$HIBER'],
  });
}

/** Declares the exit handlers H1 and H2 (in that order) and exits with status 1234; each handler notes its letter, mode and status. */
const TWO_HANDLERS = `
START:	PUSHAL	B1
	CALLS	#1,@#SYS$DCLEXH
	MOVL	R0,DCLSTS
	PUSHAL	B2
	CALLS	#1,@#SYS$DCLEXH
	MOVL	#^X1234,-(SP)
	CALLS	#1,@#SYS$EXIT
	HALT
H1:	.WORD	^M<R2>
	MOVL	NOTEP,R2
	MOVL	#^A/1/,(R2)+
	BRB	NOTE
H2:	.WORD	^M<R2>
	MOVL	NOTEP,R2
	MOVL	#^A/2/,(R2)+
NOTE:	MOVPSL	R0
	EXTZV	#24,#2,R0,(R2)+
	MOVL	@4(AP),(R2)+
	MOVL	R2,NOTEP
	TSTL	AGAIN
	BEQL	10$
	DECL	AGAIN
	PUSHAL	B1
	CALLS	#1,@#SYS$DCLEXH
10$:	RET
AGAIN:	.LONG	0
DCLSTS:	.LONG	0
STS:	.LONG	0
B1:	.LONG	0
	.ADDRESS H1
	.LONG	1
	.ADDRESS STS
B2:	.LONG	0
	.ADDRESS H2
	.LONG	1
	.ADDRESS STS
NOTEP:	.ADDRESS NOTES
NOTES:	.BLKL	40
`;

function notes(bare: BareMachine): [string, number, number][] {
  const all: [string, number, number][] = [];
  for (let index = 0; bare.long('NOTES', index) !== 0; index += 3) {
    all.push([String.fromCharCode(bare.long('NOTES', index)), bare.long('NOTES', index + 1), bare.long('NOTES', index + 2)]);
  }
  return all;
}

describe('$EXIT', () => {
  test('ch21#23, ch21#28: handlers run in the mode that declared them, newest first, with the status stored for them', () => {
    const bare = machine(TWO_HANDLERS);
    bare.run();
    expect(bare.long('DCLSTS')).toBe(1);
    expect(notes(bare)).toEqual([['2', USER, 0x1234], ['1', USER, 0x1234]]);
    expect(bare.kernel.readLong(p1('CTL$GL_FINALSTS'))).toBe(0x1234);
    // No list is left: the process is deleted.
    expect(bare.pcOfHalt).toBe(bare.kernel.symbol('EXE$DELPRC') + 3);
  });

  test('ch21#24: a handler that declares itself again is called again', () => {
    const bare = machine(TWO_HANDLERS);
    bare.kernel.writeLong(bare.at('AGAIN'), 1);
    bare.run();
    expect(notes(bare).map(([letter]) => letter)).toEqual(['2', '1', '1']);
  });

  test('ch21#24: the list is empty while the handlers run', () => {
    const bare = machine(TWO_HANDLERS.replace('MOVL	@4(AP),(R2)+', `MOVL	@#^X${p1('CTL$GL_THUSER').toString(16)},(R2)+`));
    bare.run();
    expect(notes(bare).map(([, , head]) => head)).toEqual([0, 0]);
  });

  test('a supervisor handler gets the processor when a user image without handlers exits', () => {
    const bare = machine(TWO_HANDLERS.replace(/START:[^]*?MOVL\t#\^X1234/, 'START:	MOVL	#^X1234'));
    const k = bare.kernel;
    k.writeLong(p1('CTL$GL_THSUPR'), bare.at('B1'));
    k.writeLong(p1('CTL$GL_THCOUNT') + 4, 1);
    bare.run();
    expect(notes(bare)).toEqual([['1', SUPERVISOR, 0x1234]]);
  });

  test.each([
    ['ch21#25: from supervisor mode user handlers are not called', SUPERVISOR, ['S', 'E']],
    ['ch21#26: from executive mode neither user nor supervisor handlers', EXECUTIVE, ['E']],
    ['ch21#27: from kernel mode none: the process is deleted at once', KERNEL, []],
    ['from user mode the handlers of all modes, outermost first', USER, ['U', 'S', 'E']],
  ] as const)('%s', (_title, mode, expected) => {
    const handler = (letter: string): string => `
H${letter}:	.WORD	^M<R2>
	MOVL	NOTEP,R2
	MOVL	#^A/${letter}/,(R2)+
	CLRQ	(R2)+
	MOVL	R2,NOTEP
	RET
B${letter}:	.LONG	0
	.ADDRESS H${letter}
	.LONG	1
	.ADDRESS STS
`;
    const bare = machine(`
START:	MOVL	#1,-(SP)
	CALLS	#1,@#SYS$EXIT
	HALT
${['E', 'S', 'U'].map(handler).join('')}
STS:	.LONG	0
NOTEP:	.ADDRESS NOTES
NOTES:	.BLKL	40
`);
    ['E', 'S', 'U'].forEach((letter, index) => {
      bare.kernel.writeLong(p1('CTL$GL_THEXEC') + 4 * index, bare.at(`B${letter}`));
      bare.kernel.writeLong(p1('CTL$GL_THCOUNT') + 4 * index, 1);
    });
    bare.run(mode);
    expect(notes(bare).map(([letter]) => letter)).toEqual(expected);
    expect(bare.pcOfHalt).toBe(bare.kernel.symbol('EXE$DELPRC') + 3);
  });

  test('a list that runs in a circle is left after as many blocks as were declared', () => {
    const bare = machine(TWO_HANDLERS.replace('MOVL	@4(AP),(R2)+', 'MOVAL	B2,B1\n	CLRL	(R2)+'));
    bare.run();
    expect(notes(bare)).toHaveLength(2);
  });
});

describe('$DCLEXH and $CANEXH', () => {
  const CANCEL = (argument: string): string => TWO_HANDLERS.replace('	MOVL	#^X1234,-(SP)', `	${argument}
	CALLS	#1,@#SYS$CANEXH
	MOVL	R0,DCLSTS
	MOVL	#^X1234,-(SP)`);

  test('one handler, or all of the mode, can be cancelled', () => {
    const one = machine(CANCEL('PUSHAL	B1'));
    one.run();
    expect(notes(one).map(([letter]) => letter)).toEqual(['2']);
    const all = machine(CANCEL('CLRL	-(SP)'));
    all.run();
    expect(notes(all)).toEqual([]);
  });

  test('an unknown block: SS$_NOHANDLER', () => {
    const bare = machine(CANCEL('PUSHAL	NOTES'));
    bare.run();
    expect(bare.long('DCLSTS')).toBe(SS$_NOHANDLER);
    expect(notes(bare)).toHaveLength(2);
  });

  test('a block the caller may not write: SS$_ACCVIO', () => {
    const bare = machine(TWO_HANDLERS.replace('START:	PUSHAL	B1', 'START:	PUSHAL	@#^X7FFE7D00'));
    bare.run();
    expect(bare.long('DCLSTS')).toBe(SS$_ACCVIO);
  });
});
