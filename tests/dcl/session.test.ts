import { beforeAll, describe, expect, it } from 'vitest';
import { cliGetForeign, cliGetValues, cliPresent } from '../../src/dcl/cli-client.js';
import { PRC, STG, SYM } from '../../src/dcl/structures.js';
import { PPD, PPD_ADDRESS } from '../../src/dcl/index.js';
import { procedure } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { CLI_DATA_BASE, CTL$GL_VECTORS, P1_CELLS } from '../../src/executive/structures/p1-cells.js';
import { Session } from './boot-dcl.js';

/** What the test images saw, by image. */
const seen: Record<string, unknown[]> = {};
const note = (image: string, ...what: unknown[]): void => { (seen[image] ??= []).push(...what); };

const show = procedure('SHOW$MAIN', function* (p) {
  const list = p.argumentList;
  note('SHOW', p.kernel.cpu.currentMode, p.argumentCount, p.memory.readLong(list + 8) === p.memory.readLong(CLI_DATA_BASE));
  for (const label of ['OPTION', 'FULL', 'OUTPUT', 'BATCH', 'NOSUCH']) note('SHOW', yield* cliPresent(p, label), (yield* cliGetValues(p, label)).join('/'));
  note('SHOW', yield* cliGetForeign(p));
  const [callback, low, high] = [0, 8, 12].map((offset) => p.memory.readLong(CLI_DATA_BASE + offset)) as [number, number, number];
  const boundary = P1_CELLS.at(p.memory, CTL$GL_VECTORS).CTL$GL_CTLBASVA;
  note('PLACES', low <= callback && callback <= high, boundary === p.memory.readLong(PPD_ADDRESS + 0x10) && boundary < low);
  return 1;
});
const failer = procedure('FAILER$MAIN', function* () { return 0x2c; });
const exiter = procedure('EXITER$MAIN', function* (p) { return yield* service(p, '$EXIT', { code: 0x2c }); });
const writer = procedure('WRITER$MAIN', function* (p) {
  p.memory.writeByte(p.memory.readLong(PPD_ADDRESS + PPD.offset.PPD$L_SYMTBL), 0);
  return 1;
});
const slow = procedure('SLOW$MAIN', function* (p) {
  for (let round = 0; round < 3; round += 1) {
    yield* p.scratch(function* () {
      const time = p.allocate(8);
      yield* service(p, '$BINTIM', { timbuf: p.string('0 00:00:10'), timadr: time });
      yield* service(p, '$SETIMR', { efn: 1, daytim: time });
      yield* service(p, '$WAITFR', { efn: 1 });
    });
    note('SLOW', round);
  }
  return 1;
});

const images = [show, failer, exiter, writer, slow].map((routine) => ({ name: routine.name.replace('$MAIN', ''), routines: [routine], transfer: routine.name }));

/** What the terminal shows for a line, echo, carriage control and prompt taken away. */
function answer(session: Session, line: string): string[] {
  return session.type(line).slice(line.length).split(/[\r\n]+/).map((text) => text.replace('\0', '')).filter((text) => text !== '' && text !== '$ ');
}

describe('DCL on the booted system', () => {
  let session: Session;
  beforeAll(() => {
    session = new Session(images);
    session.run();
  });

  it('ch23#17: the call back address is stored before the first prompt', () => {
    expect(session.console.endsWith('\r\n\0$ ')).toBe(true);
    answer(session, 'show system');
    expect(seen['SHOW']![2]).toBe(true);
    seen['SHOW'] = [];
  });

  it('ch23#10: CTL$AG_CLIMAGE brackets the CLI, CTL$GL_CTLBASVA lies below its tables and symbols', () => {
    expect(seen['PLACES']).toEqual([true, true]);
  });

  it('messages have their token line; $STATUS follows', () => {
    expect(answer(session, 'frobnicate x')).toEqual(['%DCL-W-IVVERB, unrecognized command verb - check validity and spelling', ' \\FROBNICATE\\']);
    expect(answer(session, 'show symbol $status')).toEqual(['  $STATUS == "%X00038090"']);
  });

  it('EXIT with a status at the prompt shows its message, and nothing ends', () => {
    expect(answer(session, 'exit %x2c')).toEqual(['%SYSTEM-F-ABORT, abort']);
    expect(answer(session, 'show symbol $status')).toEqual(['  $STATUS == "%X0000002C"']);
    expect(answer(session, 'exit 1')).toEqual([]);
  });

  it('symbols are bytes of P1', () => {
    answer(session, 'answer = 42');
    expect(answer(session, 'show symbol answer')).toEqual(['  ANSWER = 42   Hex = 0000002A  Octal = 00000000052']);
    expect(PRC.size + PPD.size).toBeLessThan(0x15a4);
    expect([STG.size, SYM.size]).toEqual([0x20, 0x1c]);
  });

  it('ch23#20: an image gets six longwords, the dispatcher second; it reads its command through CHMS', () => {
    answer(session, 'show system/full/output=x.y');
    expect(seen['SHOW']!.slice(0, 3)).toEqual([3, 6, true]);
    expect(seen['SHOW']!.slice(3)).toEqual([0x3fd19, 'SYSTEM', 0x3fd19, '', 0x3fd19, 'X.Y', 0x381f0, '', 0x38932, '', undefined]);
  });

  it('a foreign command passes its line, compressed and upcased outside quotation marks', () => {
    seen['SHOW'] = [];
    answer(session, 'xx :== $show');
    answer(session, 'xx hello   there "Q  q"');
    expect(seen['SHOW']!.at(-1)).toBe('HELLO THERE "Q  q"');
  });

  it('ch23#19, ch23#21: RET and $EXIT end alike; an error status prints its message', () => {
    for (const image of ['failer', 'exiter']) {
      expect(answer(session, `run sys$system:${image}`)).toEqual(['%SYSTEM-F-ABORT, abort']);
      expect(answer(session, 'show symbol $status')).toEqual(['  $STATUS == "%X1000002C"']);
    }
  });

  it('ch23#18: image after image: the exit handler is declared again for each', () => {
    for (let count = 0; count < 5; count += 1) expect(answer(session, 'run sys$system:failer')).toEqual(['%SYSTEM-F-ABORT, abort']);
  });

  it('ch23#11: user mode cannot write the symbol table', () => {
    expect(answer(session, 'run sys$system:writer')[0]).toMatch(/^%SYSTEM-F-ACCVIO/);
    expect(answer(session, 'show symbol answer')).toHaveLength(1);
  });

  it('a missing image says so', () => {
    expect(answer(session, 'run sys$system:nosuch')[1]).toMatch(/^-CLI-E-/);
  });

  it('ch23#23: CTRL/Y interrupts an image, CONTINUE resumes it', () => {
    seen['SLOW'] = [];
    // Declares the attention AST again: it must not come twice for one CTRL/Y.
    session.type('set control=y');
    session.type('run sys$system:slow');
    session.run(3);
    expect(session.control('Y')).toContain('*INTERRUPT*');
    expect(answer(session, 'show time')).toHaveLength(1);
    session.type('continue');
    session.run(40);
    expect(seen['SLOW']).toEqual([0, 1, 2]);
  });

  it('ch23#24: an internal command leaves the interrupted image, an external one destroys it', () => {
    seen['SLOW'] = [];
    session.type('run sys$system:slow');
    session.run(3);
    session.control('Y');
    answer(session, 'y = 1');
    answer(session, 'show system');
    session.run(60);
    session.type('continue');
    session.run(40);
    expect(seen['SLOW']).toEqual([]);
  });

  it('ch23#26: CTRL/Y and EXIT, CTRL/Y and STOP end the image', () => {
    for (const end of ['exit', 'stop']) {
      seen['SLOW'] = [];
      session.type('run sys$system:slow');
      session.run(3);
      session.control('Y');
      answer(session, end);
      session.run(60);
      expect(seen['SLOW']).toEqual([]);
      expect(answer(session, 'write sys$output "alive"')).toEqual(['alive']);
    }
  });

  it('CTRL/Y ends WAIT', () => {
    session.type('wait 1:0:0');
    session.run(3);
    session.control('Y');
    expect(answer(session, 'write sys$output "awake"')).toEqual(['awake']);
  });

  it('CTRL/T shows a line after SET CONTROL=T, with the image that runs', () => {
    expect(session.control('T')).not.toContain('CPU=');
    answer(session, 'set control=t');
    expect(session.control('T')).toMatch(/ \d\d:\d\d:\d\d {3}\(DCL\) {3}CPU=\d\d:\d\d:\d\d\.\d\d PF=\d+ IO=\d+ MEM=\d+/);
    session.type('run sys$system:slow');
    session.run(3);
    expect(session.control('T')).toMatch(/ {3}SLOW {3}CPU=/);
    session.run(40);
    answer(session, 'set nocontrol=t');
  });

  it('ch23#44: SET NOCONTROL=Y dismisses it', () => {
    answer(session, 'set nocontrol=y');
    seen['SLOW'] = [];
    session.type('run sys$system:slow');
    session.run(3);
    session.control('Y');
    session.run(40);
    expect(seen['SLOW']).toEqual([0, 1, 2]);
    answer(session, 'set control=y');
  });

  it('RUN with a process name makes a subprocess, STOP ends it', () => {
    expect(answer(session, 'run/process_name=worker sys$system:slow')[0]).toMatch(/^%RUN-S-PROC_ID, identification of created process is [0-9A-F]{8}$/);
    expect(answer(session, 'run/process_name=worker sys$system:slow').at(-1)).toBe('-SYSTEM-F-DUPLNAM, duplicate name');
    expect(answer(session, 'stop worker')).toEqual([]);
    expect(answer(session, 'stop worker')).toEqual(['%SYSTEM-W-NONEXPR, nonexistent process']);
  });

  it('EXAMINE and DEPOSIT reach the memory of an interrupted image', () => {
    session.type('run sys$system:slow');
    session.run(3);
    session.control('Y');
    answer(session, 'deposit 7ffe0600 = 12345678');
    expect(answer(session, 'examine 7ffe0600')).toEqual(['7FFE0600:  12345678']);
    expect(answer(session, 'examine/ascii 7ffe0600:7ffe0603')).toEqual(['7FFE0600:  "xV4."']);
    for (const shape of ['', '/byte', '/ascii']) expect(answer(session, `examine${shape} 7ffe0603:7ffe0600`)).toEqual([]);
    expect(answer(session, 'examine 80000000:80000004')).toHaveLength(1);
    expect(answer(session, 'deposit 80000000=1')[0]).toMatch(/^%SYSTEM-F-ACCVIO/);
    answer(session, 'stop');
  });

  it('logical names and times go through the services', () => {
    answer(session, 'define lnm_test "some where"');
    expect(answer(session, 'write sys$output f$trnlnm("lnm_test","LNM$PROCESS")')).toEqual(['some where']);
    answer(session, 'deassign lnm_test');
    expect(answer(session, 'deassign lnm_test')).toEqual(['%SYSTEM-F-NOLOGNAM, no logical name match']);
    expect(answer(session, 'write sys$output f$cvtime("1-JAN-2000 12:34:56.78","ABSOLUTE")')).toEqual(['1-JAN-2000 12:34:56.78']);
    expect(answer(session, 'write sys$output f$cvtime("29-FEB-1996+1-",,"WEEKDAY")')).toEqual(['Friday']);
    expect(answer(session, 'write sys$output f$fao("!3UL|!AS|!XW",5,"ab",255)')).toEqual(['  5|ab|00FF']);
    expect(answer(session, 'write sys$output f$message(%x2c)')).toEqual(['%SYSTEM-F-ABORT, abort']);
  });

  it('SET MESSAGE takes parts of messages away', () => {
    answer(session, 'set message/nofacility/noseverity/noidentification');
    expect(answer(session, 'foo')).toEqual(['unrecognized command verb - check validity and spelling', ' \\FOO\\']);
    answer(session, 'set message/facility/severity/identification');
  });
});
