import { describe, expect, test } from 'vitest';
import faulter from '../../examples/faulter.mar';
import hello from '../../examples/hello.mar';
import ticker from '../../examples/ticker.mar';
import { runBare } from '../../src/emulator/bare.js';
import * as CHF from '../../src/executive/starlet/chfdef.js';
import * as IO from '../../src/executive/starlet/iodef.js';
import { SERVICE_ARGUMENTS } from '../../src/executive/starlet/service-table.js';
import * as SS from '../../src/executive/starlet/ssdef.js';
import { assembleAbsolute } from '../../src/macro/assembler.js';
import { sectionAddress } from '../../src/macro/image-format.js';
import { link } from '../../src/macro/linker.js';
import { assembleToObject } from '../../src/macro/object/module.js';
import { starletMacroLibrary } from '../../src/macro/starlet.js';

/**
 * The examples as a user builds them, run on the bare processor with a few lines of VAX code in place of the system
 * services: $QIOW prints its buffer on the console, $HIBER calls the AST that $SETIMR was given. What is tested is
 * the code that MACRO and LINK made.
 */
const constants: Record<string, number> = Object.fromEntries(Object.entries({ ...CHF, ...IO, ...SS }).filter(([, value]) => typeof value === 'number')) as Record<string, number>;

const STAND_INS = `
	.ENTRY	SYS$ASSIGN,^M<>
	MOVW	#3,@8(AP)
	MOVL	#1,R0
	RET
	.ENTRY	SYS$QIOW,^M<R2,R3>
	CMPW	8(AP),#3
	BNEQ	10$
	CMPL	12(AP),#^X30
	BNEQ	10$
	MOVL	28(AP),R2
	MOVL	32(AP),R3
20$:	MOVZBL	(R2)+,R0
	MTPR	R0,#35
	SOBGTR	R3,20$
	MTPR	#10,#35
	MOVW	#1,@16(AP)
	MOVL	#1,R0
	RET
10$:	MOVL	#20,R0
	RET
	.ENTRY	SYS$SETIMR,^M<R2>
	MOVL	8(AP),R2
	CMPL	4(R2),#-1		; the high half of a short interval
	BNEQ	10$
	MOVL	12(AP),AST
	MOVL	#1,R0
	RET
10$:	MOVL	#20,R0
	RET
	.ENTRY	SYS$HIBER,^M<>
10$:	CALLS	#0,@AST
	BLBC	AWAKE,10$
	RET
	.ENTRY	SYS$WAKE,^M<>
	MOVB	#1,AWAKE
	RET
	.ENTRY	SYS$EXIT,^M<>
	MOVL	4(AP),R0
	HALT
	.ENTRY	SYS$FAO,^M<>
	HALT
AST:	.LONG	0
AWAKE:	.BYTE	0
`;

function build(source: string) {
  const { records, diagnostics } = assembleToObject([{ name: 'EXAMPLE.MAR', text: source }], { symbols: constants, libraries: [starletMacroLibrary(SERVICE_ARGUMENTS)] });
  expect(diagnostics).toEqual([]);
  const services = assembleAbsolute(STAND_INS, 'SERVICES', { origin: 0x8000 });
  const image = link([records], { imageName: 'EXAMPLE', symbols: (name) => services.symbols.get(name) });
  expect(image.messages).toEqual([]);
  return { image, services };
}

function runExample(source: string): { printed: string; status: number } {
  const { image, services } = build(source);
  const memory = new Uint8Array(0x10000);
  memory.set(services.bytes, 0x8000);
  for (const section of image.header.sections) {
    if (section.kind === 'private') memory.set(image.bytes.subarray((section.vbn - 1) * 512, (section.vbn - 1 + section.pages) * 512), sectionAddress(section));
  }
  memory.set(assembleAbsolute(`CALLS #0,@#^X${image.transferAddress!.toString(16)}\n HALT`, 'START', { origin: 0x7000 }).bytes, 0x7000);
  const printed: number[] = [];
  const result = runBare(memory, { load: 0, start: 0x7000, maxInstructions: 100_000 }, { transmit: (byte) => printed.push(byte) }, () => {});
  expect(result.stop.kind).toBe('halt');
  return { printed: String.fromCharCode(...printed), status: result.machine.cpu.r[0]! };
}

describe('examples', () => {
  test('hello prints and ends with success', () => expect(runExample(hello)).toEqual({ printed: 'Hello from user mode.\n', status: 1 }));

  test('ticker prints five ticks from its AST', () => {
    expect(runExample(ticker)).toEqual({ printed: 'Tick 1\nTick 2\nTick 3\nTick 4\nTick 5\n', status: 1 });
  });

  test('faulter has its handler where the search will look', () => {
    const { image } = build(faulter);
    expect(image.symbols.has('HANDLER')).toBe(true);
    expect(image.transferAddress).toBe(image.symbols.get('MAIN'));
  });
});
