import { beforeEach, describe, expect, test } from 'vitest';
import { OPCCRASH_IMAGE } from '../../../src/executive/exceptions/opccrash.js';
import type { ResidentImage } from '../../../src/executive/boot/sysboot.js';
import { procedure } from '../../../src/executive/gate/microroutine.js';
import { Session } from '../../dcl/boot-dcl.js';

/** An image of VAX code only. */
const image = (name: string, source: string): ResidentImage => ({ name, source: `${name}$MAIN::\n${source}`, routines: [], transfer: `${name}$MAIN` });

const IMAGES: readonly ResidentImage[] = [
  { name: 'FAULT', transfer: 'FAULT$MAIN', routines: [procedure('FAULT$MAIN', function* (p) { return p.memory.readLong(4); })] },
  image('BUG', '	.WORD	0\n	.WORD	^XFEFF,BUG$_USERBUG!4\n	RET\n'),
  image('OVERFLOW', '	.WORD	^M<IV>\n	MOVL	#^X7FFFFFFF,R0\n	INCL	R0\n	RET\n'),
  image('WARNING', '	.WORD	0\n	PUSHL	#^X10\n	CALLS	#1,@#LIB$SIGNAL\n	MOVL	#1,R0\n	RET\n'),
  image('STACK', '	.WORD	0\n	SUBL2	#40000,SP\n	CLRL	(SP)\n	MOVL	#1,R0\n	RET\n'),
  OPCCRASH_IMAGE,
];

describe('conditions of an image under DCL', () => {
  let session: Session;
  const command = (line: string): string => session.type(line).replace(/\0/g, '');
  beforeEach(() => {
    session = new Session(IMAGES);
    session.run();
  });

  test('ch04#33: an access violation is reported, the image ends, DCL goes on', () => {
    const text = command('RUN SYS$SYSTEM:FAULT');
    expect(text.replace(/\r\n/g, '')).toMatch(/%SYSTEM-F-ACCVIO, access violation, reason mask=00, virtual address=00000004, PC=[0-9A-F]{8}, PSL=03C0000\d/);
    expect(text).toContain('Improperly handled condition, image exit forced.');
    expect(text).toMatch(/\$ $/);
    expect(command('SHOW SYMBOL $STATUS')).toContain('"%X1000000C"');
  });

  test('ch08#5, ch08#6: a fatal bugcheck of an image gives control back to DCL', () => {
    expect(command('RUN SYS$SYSTEM:BUG')).toMatch(/%SYSTEM-F-BUGCHECK/);
    expect(command('WRITE SYS$OUTPUT "alive"')).toContain('alive');
    expect(session.console).not.toContain('FATAL BUG CHECK');
  });

  test('an arithmetic trap', () => {
    expect(command('RUN SYS$SYSTEM:OVERFLOW').replace(/\r\n/g, '')).toMatch(/%SYSTEM-F-INTOVF, arithmetic trap, integer overflow at PC=[0-9A-F]{8}, PSL=03C000[0-9A-F]{2}/);
  });

  test('ch04#34: a warning is reported and the image goes on', () => {
    const text = command('RUN SYS$SYSTEM:WARNING');
    expect(text).toMatch(/%SYSTEM-W-/);
    expect(text).not.toContain('Improperly handled');
    expect(command('SHOW SYMBOL $STATUS')).toMatch(/"%X000[03]0001"/);
  });

  test('ch04#28: a user stack that grows is nobody\'s business', () => {
    expect(command('RUN SYS$SYSTEM:STACK')).not.toContain('%');
    expect(command('SHOW SYMBOL $STATUS')).toMatch(/"%X000[03]0001"/);
  });
});
