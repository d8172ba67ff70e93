import { describe, expect, it } from 'vitest';
import { cliGetValues, cliPresent } from '../../src/dcl/cli-client.js';
import { CLT } from '../../src/dcl/tables/layout.js';
import { PPD, PPD_ADDRESS } from '../../src/dcl/index.js';
import { procedure } from '../../src/executive/gate/microroutine.js';
import { CLI_CELLS, CLI_DATA_BASE } from '../../src/executive/structures/p1-cells.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { Console, systemDisk } from '../sysgen/console.js';
import { Session } from './boot-dcl.js';

/* SET COMMAND with definition files of a user's. Source: DCL Dictionary, SET COMMAND; Command Definition Utility, DEFINE VERB. */

const seen: unknown[] = [];
const greet = procedure('GREET$MAIN', function* (p) {
  for (const label of ['WHOM', 'LOUD', 'STYLE']) seen.push(yield* cliPresent(p, label), (yield* cliGetValues(p, label)).join('/'));
  return 1;
});
const other = procedure('OTHER$MAIN', function* (p) {
  seen.push('OTHER', (yield* cliGetValues(p, 'WHOM')).join('/'));
  return 1;
});
/** Head of the command table, where its offsets count from, the table DCLTABLES is; whether the head is in CLISYMTBL; whether user mode could write it. */
const peek = procedure('PEEK$MAIN', function* (p) {
  const { memory } = p;
  const [head, symbols, size] = ['PPD$L_TABLES', 'PPD$L_SYMTBL', 'PPD$L_SYMTBLSIZE'].map((name) => memory.readLong(PPD_ADDRESS + PPD.offset[name as 'PPD$L_TABLES'])) as [number, number, number];
  const mapped = memory.readLong(CLI_DATA_BASE + CLI_CELLS.offset.CTL$AG_CLITABLE);
  const origin = (head + CLT.at(p.kernel, head).CLT$L_ORIGIN) >>> 0;
  seen.push(head, origin === mapped + memory.readLong(mapped), head > symbols && head < symbols + size, p.kernel.cpu.probe(head, 1, 3, true));
  return 1;
});
const IMAGES = [greet, other, peek].map((routine) => ({ name: routine.name.replace('$MAIN', ''), routines: [routine], transfer: routine.name }));

const GREET_CLD = `! A verb of our own
module GREETINGS
ident "1-000"
define type STYLES
    keyword FORMAL
    keyword PLAIN, default
define syntax LOUDLY
    image OTHER
    parameter P1, label=WHOM, value(required)
define verb GREET
    synonym SALUTE
    parameter P1, label=WHOM, prompt="Whom", value(required, list)
    qualifier LOUD
    qualifier STYLE, value(required, type=STYLES)
    qualifier SHOUT, syntax=LOUDLY
    disallow LOUD and STYLE.FORMAL
`;
const FILES = {
  'GREET.CLD': GREET_CLD,
  'AGAIN.CLD': 'define verb GREET\n image OTHER\n parameter P1, label=WHOM\n',
  'SECOND.CLD': 'define verb BOW\n image "SYS$SYSTEM:OTHER"\n parameter P1, label=WHOM, default, value(default="deeply")\n',
  'WRONG.CLD': 'define verb GREET\n parameter P1, label=WHOM, value(type=NOSUCH)\n',
  'ROUTINE.CLD': 'define verb GREET\n routine SAY_IT\n',
  'NOISE.CLD': 'this is no definition\n',
  'LONG.CLD': `define verb FIRST\n! ${'-'.repeat(3000)}\ndefine verb SECOND\n`,
};

function answer(session: Session, line: string): string[] {
  seen.length = 0;
  return session.type(line).slice(line.length).split(/[\r\n]+/).map((text) => text.replace('\0', '')).filter((text) => text !== '' && text !== '$ ');
}

function started(): Session {
  const session = new Session(IMAGES, FILES);
  session.run();
  return session;
}

describe('SET COMMAND', () => {
  it('a verb of one\'s own: values, qualifiers, keywords, synonym, abbreviation, syntax change, DISALLOW', () => {
    const session = started();
    expect(answer(session, 'GREET WORLD').join('\n')).toContain('%DCL-W-IVVERB');
    expect(answer(session, 'SET COMMAND GREET')).toEqual([]);
    answer(session, 'GREET WORLD,MOON/LOUD/STYLE=PLAIN');
    expect(seen).toEqual([expect.any(Number), 'WORLD/MOON', expect.any(Number), '', expect.any(Number), 'PLAIN']);
    expect((seen[2] as number) & 1).toBe(1);
    for (const line of ['SALUTE EARTH', 'GRE EARTH', 'greet earth']) {
      expect(answer(session, line)).toEqual([]);
      expect(seen[1]).toBe('EARTH');
    }
    answer(session, 'GREET MARS/SHOUT');
    expect(seen).toEqual(['OTHER', 'MARS']);
    expect(answer(session, 'GREET MARS/LOUD/STYLE=FORMAL').join('\n')).toContain('%DCL-W-CONFLICT');
    expect(answer(session, 'GREET MARS/STYLE=ODD').join('\n')).toContain('%DCL-W-IVKEYW');
    expect(answer(session, 'GREET MARS/NOSUCH').join('\n')).toContain('%DCL-W-IVQUAL');
    // The others are still there.
    expect(answer(session, 'WRITE SYS$OUTPUT "here"')).toEqual(['here']);
    expect(answer(session, 'SHOW DEFAULT').join('\n')).toContain('[TEST]');
  });

  it('a second file adds to the first, a new definition replaces the old one, lines typed before included', () => {
    const session = started();
    answer(session, 'SET COMMAND GREET,SECOND');
    expect(answer(session, 'BOW')).toEqual([]);
    expect(seen).toEqual(['OTHER', 'deeply']);
    answer(session, 'GREET SUN');
    expect(seen[1]).toBe('SUN');
    answer(session, 'SET COMMAND/NOREPLACE AGAIN.CLD');
    answer(session, 'GREET SUN');
    expect(seen).toHaveLength(6);
    answer(session, 'SET COMMAND AGAIN.CLD');
    answer(session, 'GREET SUN');
    expect(seen).toEqual(['OTHER', 'SUN']);
    answer(session, 'SALUTE SUN');
    expect(seen[1]).toBe('SUN');
    expect(seen).toHaveLength(6);
  });

  it('/DELETE takes verbs away, DCL\'s own too', () => {
    const session = started();
    answer(session, 'SET COMMAND/DELETE=(TYPE,WAIT)');
    for (const verb of ['TYPE X', 'WAIT 0:0:1']) expect(answer(session, verb).join('\n')).toContain('%DCL-W-IVVERB');
    expect(answer(session, 'SET COMMAND/DELETE=TYPE').join('\n')).toContain('%DCL-W-IVVERB');
    answer(session, 'SET COMMAND GREET/DELETE=WRITE');
    expect(answer(session, 'WRITE SYS$OUTPUT 1').join('\n')).toContain('%DCL-W-IVVERB');
    answer(session, 'GREET SUN');
    expect(seen[1]).toBe('SUN');
  });

  it('what one process knows about a line does not decide for another whose table lies at the same address', () => {
    const loop = '$ I = 0\n$ NEXT:\n$ I = I + 1\n$ IF I .LT. 3 THEN GOTO NEXT\n$ WRITE SYS$OUTPUT I\n';
    const heads = ['EOJ', 'GOTO'].map((deleted) => {
      const session = new Session(IMAGES, { 'LOOP.COM': loop });
      session.run();
      answer(session, `SET COMMAND/DELETE=${deleted}`);
      const said = answer(session, '@LOOP');
      if (deleted === 'EOJ') expect(said).toEqual(['3']);
      else expect(said.join('\n')).toContain('%DCL-W-IVVERB');
      answer(session, 'RUN SYS$SYSTEM:PEEK');
      return seen[0];
    });
    expect(heads[1]).toBe(heads[0]);
  });

  it('mistakes change nothing and name the file', () => {
    const session = started();
    const tables = (): unknown => {
      answer(session, 'RUN SYS$SYSTEM:PEEK');
      return seen[0];
    };
    const before = tables();
    expect(answer(session, 'SET COMMAND WRONG').join('')).toMatch(/%DCL-E-INVCLD, .*WRONG\.CLD;1 is no valid command definition, .*type NOSUCH is not defined/);
    expect(answer(session, 'SET COMMAND NOISE').join('')).toMatch(/%DCL-E-INVCLD, .*NOISE\.CLD;1 .*line 1/);
    expect(answer(session, 'SET COMMAND ROUTINE').join('\n')).toContain('%DCL-E-INVCLD');
    expect(answer(session, 'SET COMMAND LONG').join('')).toMatch(/%DCL-E-READERR, .*LONG\.CLD;1[\s\S]*%?-?RMS-W-RTB/);
    expect(answer(session, 'SET COMMAND NOSUCH').join('')).toMatch(/%DCL-E-OPENIN.*NOSUCH\.CLD[\s\S]*file not found/);
    expect(answer(session, 'SET COMMAND').join('\n')).toContain('%DCL-W-INSFPRM');
    expect(tables()).toBe(before);
    expect(answer(session, 'GREET X').join('\n')).toContain('%DCL-W-IVVERB');
  });

  it('the table is bytes of P1 that user mode cannot write, and its links count from DCLTABLES', () => {
    const session = started();
    expect(answer(session, 'RUN SYS$SYSTEM:PEEK')).toEqual([]);
    expect(seen).toEqual([expect.any(Number), true, false, false]);
    answer(session, 'SET COMMAND GREET');
    answer(session, 'RUN SYS$SYSTEM:PEEK');
    expect(seen).toEqual([expect.any(Number), true, true, false]);
  });
});

it('ch23#31: a subprocess begins with DCLTABLES again', () => {
  const console = new Console(systemDisk((files) => [...files, { name: '[SYS0.SYSMGR]OURS.CLD', bytes: textToBytes('define verb OURS\n image NOWHERE\n'), kind: 'stream-lf' }]));
  expect(console.type('SET COMMAND OURS')).toEqual([]);
  for (const line of ['OURS', 'OURS']) expect(console.type(line).join('')).toContain('%DCL-W-ACTIMAGE, error activating image NOWHERE');
  expect(console.type('SPAWN OURS').join('')).toContain('%DCL-W-IVVERB');
  expect(console.type('OURS').join('')).toContain('%DCL-W-ACTIMAGE');
});
