import { describe, expect, test } from 'vitest';
import { procedure } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { IAC$M_MERGE } from '../../src/executive/image/activate.js';
import { DONE_LIST, icbName, icbs } from '../../src/executive/image/icb.js';
import { PRV$V_CMEXEC, PRV$V_CMKRNL } from '../../src/executive/starlet/prvdef.js';
import { SS$_NORMAL, SS$_SYSVERDIF } from '../../src/executive/starlet/ssdef.js';
import { CTL$A_COMMON_USER } from '../../src/executive/structures/p1-cells.js';
import { asFiles, linked } from './linked-images.js';
import { UtilitySession } from './session.js';

/** Shareable images that bring system services, and the order in which images are activated and initialized. @source book 9.4, 21.1 */
const services = (name: string, code: number): string => `
	.PSECT $$$VECTOR,PAGE,NOWRT,EXE,PIC
	.TRANSFER ${name}_KERNEL
	.MASK ${name}_KERNEL
	CHMK #<-${code}>
	RET
	.TRANSFER ${name}_EXEC
	.MASK ${name}_EXEC
	CHME #<-${code}>
	RET
	.ENTRY ${name}_KERNEL,0
	.ENTRY ${name}_EXEC,0
	.PSECT $$SERVICES,BYTE,VEC,PIC,NOWRT,EXE
	.LONG 1,0
	.LONG KERNEL-.
	.LONG EXEC-.
	.LONG RUNDOWN-.
	.LONG 0,0,0
	.PSECT CODE,BYTE,NOWRT,EXE,PIC
KERNEL:	CMPW R0,#-${code}
	BEQL 10$
	RSB
10$:	MOVPSL R0
	RET
EXEC:	CMPW R0,#-${code}
	BEQL 10$
	RSB
10$:	MOVPSL R0
	INCL COUNTER
	RET
RUNDOWN: MOVL #${CTL$A_COMMON_USER + 32 * code},R0
	INCL (R0)
	MOVL R7,4(R0)
	MOVL R4,8(R0)
	MOVPSL 12(R0)
	RSB
	.PSECT DATA,NOSHR,WRT,NOEXE,PIC
COUNTER:: .LONG 0,0,0
	.END
`;

/** Calls services of two images and returns the access modes that they ran in. */
const CALLER = `
	.PSECT DATA,WRT,NOEXE
MODES:	.LONG 0
	.PSECT CODE,NOWRT
	.MACRO TRY NAME,?L
	CALLS #0,G^NAME
	EXTZV #24,#2,R0,R0
	ASHL #4,MODES,MODES
	BISL R0,MODES
	.ENDM
	.ENTRY START,0
	TRY ONE_KERNEL
	TRY TWO_KERNEL
	TRY ONE_EXEC
	TRY TWO_EXEC
	ASHL #3,MODES,R0
	BISL #^X10000001,R0
	RET
	.END START
`;

const SERVICES = { shareable: true, protect: true } as const;
const one = linked('ONE', services('ONE', 1), SERVICES);
const two = linked('TWO', services('TWO', 2), SERVICES);
const caller = linked('MAIN', CALLER, {}, { ONE: one, TWO: two });

const statusOf = (session: UtilitySession): string => /%X([0-9A-F]+)/.exec(session.lines('SHOW SYMBOL $STATUS').join(''))![1]!;

describe('privileged shareable images', () => {
  function sessionOf(...images: Parameters<typeof asFiles>): UtilitySession {
    const reader = procedure('READER$MAIN', function* (p) {
      const at = (code: number): number[] => [0, 4, 8, 12].map((offset) => p.memory.readLong(CTL$A_COMMON_USER + 32 * code + offset));
      found = [at(1), at(2)];
      pcb = p.kernel.pcb.address;
      return yield* service(p, '$SETEF', { efn: 1 });
    });
    const session = new UtilitySession(asFiles(...images), [{ name: 'READER', transfer: 'READER$MAIN', routines: [reader] }]);
    for (const name of Object.keys(images[0])) session.lines(`DEFINE ${name} DUA0:[TEST]${name}.EXE`);
    return session;
  }
  let found: number[][] = [];
  let pcb = 0;

  test('their services run in kernel and executive mode, each image looking after its own codes; they must be installed for that', () => {
    const session = sessionOf({ ONE: one, TWO: two, MAIN: caller });
    expect(session.lines('RUN MAIN').at(-1)).toBe('-SYSTEM-F-PROTINSTALL, protected images must be installed');
    session.lines('INSTALL CREATE DUA0:[TEST]ONE/SHARED/PROTECTED');
    expect(session.lines('RUN MAIN').at(-1)).toBe('-SYSTEM-F-PROTINSTALL, protected images must be installed');
    session.lines('INSTALL CREATE DUA0:[TEST]TWO/SHARED/PROTECTED');
    expect(session.lines('RUN MAIN')).toEqual([]);
    expect(statusOf(session)).toBe((0x10000001 + 8 * 0x0011).toString(16).toUpperCase());
  });

  test('their rundown routines are called once when the image ends, in kernel mode, with the PCB and the mode', () => {
    const session = sessionOf({ ONE: one, TWO: two, MAIN: caller });
    for (const name of ['ONE', 'TWO']) session.lines(`INSTALL CREATE DUA0:[TEST]${name}/SHARED/PROTECTED`);
    session.lines('RUN MAIN');
    session.lines('RUN SYS$SYSTEM:READER');
    for (const [count, mode, address, psl] of found) {
      expect([count, mode, address]).toEqual([1, 3, pcb]);
      expect((psl! >>> 24) & 3).toBe(0);
    }
    expect(found).toHaveLength(2);
    // The next image has none.
    session.lines('RUN SYS$SYSTEM:READER');
    expect(found.map(([count]) => count)).toEqual([1, 1]);
  });

  test('one that calls other shareable images is refused', () => {
    const outbound = linked('TWO', services('TWO', 2).replace('.PSECT DATA', '.ADDRESS ONE_KERNEL\n\t.PSECT DATA'), SERVICES, { ONE: one });
    const session = sessionOf({ ONE: one, TWO: outbound, MAIN: caller });
    for (const name of ['ONE', 'TWO']) session.lines(`INSTALL CREATE DUA0:[TEST]${name}/SHARED/PROTECTED`);
    expect(session.lines('RUN MAIN').join('')).toContain('NOSHRIMG');
  });
});

describe('the order of activation', () => {
  const leaf = (name: string, calls: readonly string[]): string => `
	.PSECT $$VECTOR,PIC,SHR,NOWRT,EXE,PAGE
	.TRANSFER ${name}_ROUTINE
	.MASK ${name}_ROUTINE
	JMP L^${name}_ROUTINE+2
	.ENTRY ${name}_ROUTINE,0
	RET
	.ENTRY LIB$INITIALIZE,0
	MOVL @#${CTL$A_COMMON_USER},R0
	MOVB #^A/${name}/,@#${CTL$A_COMMON_USER + 4}[R0]
	INCL @#${CTL$A_COMMON_USER}
	MOVL #1,R0
	RET
	.PSECT TABLE,PIC,NOSHR,WRT,NOEXE
	${calls.map((called) => `.ADDRESS ${called}_ROUTINE`).join('\n\t')}
	.END
`;
  const build = (name: string, libraries: Parameters<typeof linked>[3] = {}): ReturnType<typeof linked> =>
    linked(name, leaf(name, Object.keys(libraries)), { shareable: true }, libraries);

  test('ch21#9, ch21#12, ch21#13: an image is activated once; sons of libraries come before what is left to do; they are initialized before their parents', () => {
    const d = build('D');
    const c = build('C', { D: d });
    const b = build('B', { D: d });
    const a = linked('MAIN', `
	.PSECT CODE,NOWRT
	.ENTRY START,0
	CALLS #0,G^B_ROUTINE
	CALLS #0,G^C_ROUTINE
	MOVL #1,R0
	RET
	.END START
`, { base: 0x10000 }, { B: b, C: c });
    let order: string[] = [];
    let bases: number[] = [];
    let initialized = '';
    let statuses: number[] = [];
    const probe = procedure('PROBE$MAIN', function* (p) {
      p.memory.writeLong(CTL$A_COMMON_USER, 0);
      const status = yield* service(p, '$IMGACT', { name: p.string('MAIN'), dflnam: p.string('DUA0:[TEST].EXE'), hdrbuf: p.allocate(512), imgctl: IAC$M_MERGE });
      const list = icbs(p.kernel, DONE_LIST);
      order = list.map((icb) => icbName(p.kernel, icb));
      bases = list.map((icb) => icb.ICB$L_STARTING_ADDRESS);
      const fixed = yield* service(p, '$IMGFIX', {});
      initialized = String.fromCharCode(...p.memory.readBytes(CTL$A_COMMON_USER + 4, p.memory.readLong(CTL$A_COMMON_USER)));
      statuses = [status, fixed];
      return status;
    });
    const session = new UtilitySession(asFiles({ MAIN: a, B: b, C: c, D: d }), [{ name: 'PROBE', transfer: 'PROBE$MAIN', routines: [probe] }]);
    for (const name of ['B', 'C', 'D']) session.lines(`DEFINE ${name} DUA0:[TEST]${name}.EXE`);
    expect(session.lines('RUN SYS$SYSTEM:PROBE')).toEqual([]);
    expect(statuses).toEqual([SS$_NORMAL, SS$_NORMAL]);
    expect([...order].sort()).toEqual(['B', 'C', 'D', 'MAIN', 'PROBE']);
    // D, the son of B, was mapped before C, which the main image had asked for earlier.
    const baseOf = (name: string): number => bases[order.indexOf(name)]!;
    expect(baseOf('D')).toBeLessThan(baseOf('C'));
    expect(order.indexOf('MAIN')).toBeLessThan(order.indexOf('B'));
    // The routines run from the end of the list.
    expect(initialized).toBe(order.filter((name) => name.length === 1).reverse().join(''));
    expect(initialized[0]).toBe('D');
  });
});

describe('an image linked with another version of the system', () => {
  const source = `
	.PSECT CODE,NOWRT
	.ENTRY START,0
	MOVL #1,R0
	RET
	.END START
`;
  const changeMode = (1n << BigInt(PRV$V_CMKRNL)) | (1n << BigInt(PRV$V_CMEXEC));

  test('ch21#15: it runs without CMKRNL and CMEXEC, and the status says so', () => {
    const results: [number, bigint][] = [];
    const probe = procedure('PROBE$MAIN', function* (p) {
      for (const name of ['SAME', 'OLD']) {
        const hdrbuf = p.allocate(512);
        yield* service(p, '$IMGACT', { name: p.string(name), dflnam: p.string('DUA0:[TEST].EXE'), hdrbuf, imgctl: IAC$M_MERGE });
        const arglst = p.allocate(20);
        [4, hdrbuf, -1, -1, 0].forEach((value, index) => { p.memory.writeLong(arglst + 4 * index, value); });
        const status = yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('IMG$FINISH'), arglst });
        results.push([status, p.kernel.pcb.PCB$Q_PRIV & changeMode]);
      }
      return 1;
    });
    const boot = new UtilitySession();
    const { kernel } = boot.session.system;
    const version = kernel.readLong(kernel.symbol('SYS$GQ_VERSION'));
    const images = { SAME: linked('SAME', source, { base: 0x10000, systemVersion: version }), OLD: linked('OLD', source, { base: 0x20000, systemVersion: version - 1 }) };
    const session = new UtilitySession(asFiles(images), [{ name: 'PROBE', transfer: 'PROBE$MAIN', routines: [probe] }]);
    session.lines('RUN SYS$SYSTEM:PROBE');
    expect(results).toEqual([[SS$_NORMAL, changeMode], [SS$_SYSVERDIF, 0n]]);
  });
});
