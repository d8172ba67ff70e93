import { describe, expect, test } from 'vitest';
import { effectiveFlags, findMessage, messageSections } from '../../../src/executive/information/getmsg.js';
import { exceptionDump } from '../../../src/executive/information/excmsg.js';
import { compileMessages } from '../../../src/executive/information/message-compiler.js';
import { MSG_ALL, MSG_IDENT, MSG_SEVERITY, MSG_TEXT, assembleMessage, formatMessage, unknownMessage } from '../../../src/executive/information/message-format.js';
import { MIDX, MSC, buildSection, searchSection } from '../../../src/executive/information/message-section.js';
import { SYSTEM_MESSAGE_SOURCES, buildSystemMessageSection, compileSystemMessages } from '../../../src/executive/information/system-messages.js';
import { vectorEntries } from '../../../src/executive/information/putmsg.js';
import { starletSymbol } from '../../../src/executive/starlet/symbols.js';
import { CLI$_IVVERB } from '../../../src/executive/starlet/climsgdef.js';
import { RMS$_FNF, RMS$_RTB } from '../../../src/executive/starlet/rmsdef.js';
import { SS$_ACCVIO, SS$_EXQUOTA, SS$_INTOVF, SS$_NOPRIV } from '../../../src/executive/starlet/ssdef.js';
import { ArrayMemory } from '../../../src/executive/structures/memory.js';

const SAMPLE = `
	.TITLE	SAMPLE  error and warning messages
	.IDENT	'V1'
	.FACILITY	SAMPLE,1/PREFIX=ABC_
	.SEVERITY	ERROR
UNRECOG	<unrecognized keyword !AS>/FAO_COUNT=1
AMBIG	<ambiguous keyword>
	.SEVERITY	WARN			! abbreviated
	.BASE	10
SYNTAX	/IDENTIFICATION=SYN "invalid <syntax> in keyword" /USER_VALUE=7
FATE	/FATAL <fatal>
	.END
`;

describe('message compiler', () => {
  test('codes are facility, number and severity; user facilities have the customer and facility-specific bits', () => {
    const { symbols, messages, facilities, errors } = compileMessages(SAMPLE);
    expect(errors).toEqual([]);
    expect(facilities.get(0x801)).toBe('SAMPLE');
    expect(Object.fromEntries(symbols)).toEqual({ ABC_UNRECOG: 0x0801800a, ABC_AMBIG: 0x08018012, ABC_SYNTAX: 0x08018050, ABC_FATE: 0x0801805c });
    expect(messages[2]).toEqual({ code: 0x08018050, ident: 'SYN', text: 'invalid <syntax> in keyword', faoCount: 0, userValue: 7 });
  });

  test('errors name their line, and the rest is compiled', () => {
    const { errors, messages } = compileMessages('EARLY <x>\n.FACILITY F,1\n.NONSENSE\nGOOD <y>\nBAD text\n.SEVERITY LOUD\n.BASE 5000\n');
    expect(errors.map(({ line }) => line)).toEqual([1, 3, 5, 6, 7]);
    expect(messages.map(({ ident }) => ident)).toEqual(['GOOD']);
  });

  test('any text compiles to something', () => {
    for (const text of ['', '.', '<', '.FACILITY', '.BASE', 'X /', '\0', '.LITERAL A', '.LITERAL A=1,B=%XFF']) expect(() => compileMessages(text)).not.toThrow();
  });
});

describe('message sections', () => {
  test('ch29#16: the index is in ascending order and found by binary search', () => {
    const { messages, facilities } = compileSystemMessages();
    const memory = new ArrayMemory(buildSystemMessageSection(), 0x1000);
    const header = MSC.read(memory, 0x1000);
    let before = -1;
    for (let index = 0; index < header.MSC$L_INDEX_COUNT; index += 1) {
      const code = MIDX.read(memory, 0x1000 + header.MSC$L_INDEX_OFF + MIDX.size * index).MIDX$L_CODE;
      expect(code).toBeGreaterThan(before);
      before = code;
    }
    expect(header.MSC$L_INDEX_COUNT).toBe(messages.length);
    for (const message of messages) {
      const found = searchSection(memory, 0x1000, message.code)!;
      expect(found.text).toBe(message.text);
      expect(found.facility).toBe(facilities.get((message.code >>> 16) & 0xfff));
    }
    expect(searchSection(memory, 0x1000, 0x0fff8012)).toBeUndefined();
  });

  test('codes in the sources are those of the STARLET constants', () => {
    const { symbols } = compileSystemMessages();
    let compared = 0;
    for (const [name, code] of symbols) {
      if (/^(?:SHR|SHOW|DIRECT|TYPE)\$_/.test(name)) continue;
      expect([name, starletSymbol(name)]).toEqual([name, code]);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(600);
    expect(Object.keys(SYSTEM_MESSAGE_SOURCES)).toContain('cli');
  });

  test('severity does not matter for the search', () => {
    const memory = new ArrayMemory(buildSystemMessageSection());
    expect(searchSection(memory, 0, (SS$_NOPRIV & ~7) | 0x1000_0000)?.ident).toBe('NOPRIV');
  });

  test('texts users know', () => {
    const memory = new ArrayMemory(buildSystemMessageSection());
    const line = (code: number): string => { const found = findMessage(memory, [0], code)!; return assembleMessage(found.text, found.facility, code, found.ident, MSG_ALL); };
    expect(line(CLI$_IVVERB)).toBe('%CLI-W-IVVERB, unrecognized command verb - check validity and spelling');
    expect(line(RMS$_FNF)).toBe('%RMS-E-FNF, file not found');
    expect(line(SS$_EXQUOTA)).toBe('%SYSTEM-F-EXQUOTA, process quota exceeded');
    expect(line(SS$_ACCVIO)).toBe('%SYSTEM-F-ACCVIO, access violation, reason mask=!XB, virtual address=!XL, PC=!XL, PSL=!XL');
  });

  test('a shared message has the text of facility 0 and the facility name of its code', () => {
    const memory = new ArrayMemory(buildSystemMessageSection());
    expect(findMessage(memory, [0], 0x0003109a)).toMatchObject({ text: 'error opening !AS as input', facility: 'CLI', ident: 'OPENIN' });
    expect(findMessage(memory, [0], 0x10951238)).toMatchObject({ text: 'error searching for !AS', facility: 'TYPE' });
    expect(findMessage(memory, [0], 0x10788019)).toMatchObject({ facility: 'SHOW', ident: 'NOTRAN' });
    expect(findMessage(memory, [0], 0x0abc109a)).toMatchObject({ facility: 'NONAME' });
  });
});

describe('search order', () => {
  const section = (text: string): Uint8Array => buildSection(compileMessages(`.FACILITY F,1 /SYSTEM\n.SEVERITY ERROR\nA <${text}>\n`));
  const code = compileMessages('.FACILITY F,1 /SYSTEM\n.SEVERITY ERROR\nA <x>\n').messages[0]!.code;
  const memory = new ArrayMemory(new Uint8Array(0x1000));
  memory.writeBytes(0x200, section('image one'));
  memory.writeBytes(0x400, section('permanent'));
  memory.writeBytes(0x600, section('system'));
  const empty = buildSection({ messages: [], facilities: new Map() });
  memory.writeBytes(0x800, empty);

  function vector(...sections: number[]): number {
    sections.forEach((address, index) => {
      memory.writeWord(0x10 + 6 * index, 0x9f16);
      memory.writeLong(0x12 + 6 * index, address);
    });
    memory.writeByte(0x10 + 6 * sections.length, 5);
    return 0x10;
  }

  test('ch29#10 ch29#12: image sections, then the process-permanent section, then the system\'s', () => {
    expect([...messageSections(memory, vector(0x800, 0x200), 0x400, 0x600)]).toEqual([0x800, 0x200, 0x400, 0x600]);
    const text = (...order: number[]): string | undefined => findMessage(memory, order, code)?.text;
    expect(text(0x800, 0x200, 0x400, 0x600)).toBe('image one');
    expect(text(0x800, 0x400, 0x600)).toBe('permanent');
    expect(text(0x800, 0x600)).toBe('system');
  });

  test('ch29#11: an RSB means no image sections; ch29#13: CTL$GL_PPMSG 0 means no process-permanent section', () => {
    expect([...messageSections(memory, vector(), 0, 0x600)]).toEqual([0x600]);
  });

  test('at most 41 sections of an image', () => {
    expect([...messageSections(memory, vector(...new Array<number>(41).fill(0x800)), 0, 0)]).toHaveLength(41);
    const long = new ArrayMemory(new Uint8Array(1000));
    for (let at = 0; at + 6 < 1000; at += 6) long.writeWord(at + 4, 0x9f16);
    expect([...messageSections(long, 4, 0, 0)].length).toBe(41);
  });
});

describe('flags and lines', () => {
  test('ch29#15: without flags the process default; with bit 4 only what both select', () => {
    expect(effectiveFlags(0, 0x0d)).toBe(0x0d);
    expect(effectiveFlags(0x1f, 0x05)).toBe(0x05);
    expect(effectiveFlags(0x0f, 0x05)).toBe(0x0f);
    expect(effectiveFlags(0x13, 0x0c)).toBe(0);
  });

  test('parts of a message', () => {
    const parts = (flags: number): string => assembleMessage('access violation', 'SYSTEM', 12, 'ACCVIO', flags);
    expect(parts(MSG_ALL)).toBe('%SYSTEM-F-ACCVIO, access violation');
    expect(parts(MSG_TEXT)).toBe('access violation');
    expect(parts(MSG_IDENT)).toBe('%ACCVIO');
    expect(parts(MSG_SEVERITY)).toBe('%F');
    expect(parts(MSG_SEVERITY | MSG_TEXT)).toBe('%F, access violation');
    expect(parts(0)).toBe('');
    expect(formatMessage('!AS not found', 'DCL', 0, 'X', MSG_ALL, ['Y'], '-')).toBe('-DCL-W-X, Y not found');
  });

  test('ch29#14: an unknown code is named in the message', () => {
    expect(unknownMessage(0xabc0, MSG_ALL)).toBe('%NONAME-W-NOMSG, Message number 0000ABC0');
    expect(unknownMessage(0x0fff8012, MSG_ALL)).toBe('%NONAME-E-NOMSG, Message number 0FFF8012');
  });
});

describe('message vectors', () => {
  const vector = (...longwords: number[]): { memory: ArrayMemory } => {
    const memory = new ArrayMemory(new Uint8Array(4 * longwords.length));
    longwords.forEach((value, index) => { memory.writeLong(4 * index, value); });
    return { memory };
  };
  const counts = (code: number): number => ({ [SS$_ACCVIO]: 4, [SS$_INTOVF]: 2, [RMS$_RTB]: 1 })[code] ?? 0;

  test('ch29#17: system exceptions take their arguments directly, system and RMS messages none', () => {
    expect([...vectorEntries(vector(3, SS$_ACCVIO, 1, 2, 3, 4), 0, counts)]).toEqual([{ code: SS$_ACCVIO, args: 8, count: 4, flags: 0 }]);
    expect([...vectorEntries(vector(2, SS$_NOPRIV, SS$_EXQUOTA), 0, counts)].map(({ code, count }) => [code, count])).toEqual([[SS$_NOPRIV, 0], [SS$_EXQUOTA, 0]]);
    expect([...vectorEntries(vector(2, RMS$_FNF, 0), 0, counts)]).toEqual([{ code: RMS$_FNF, args: 8, count: 0, flags: 0 }]);
    expect([...vectorEntries(vector(2, RMS$_FNF, SS$_NOPRIV), 0, counts)].map(({ code }) => code)).toEqual([RMS$_FNF, SS$_NOPRIV]);
    expect([...vectorEntries(vector(2, RMS$_RTB, 80), 0, counts)]).toEqual([{ code: RMS$_RTB, args: 8, count: 1, flags: 0 }]);
  });

  test('other facilities state number of arguments and flags', () => {
    const entries = [...vectorEntries(vector(0x000d0005, 0x0003109a, 0x00010001, 0x1234, CLI$_IVVERB, 0), 0, counts)];
    expect(entries).toEqual([{ code: 0x0003109a, args: 12, count: 1, flags: 1 }, { code: CLI$_IVVERB, args: 24, count: 0, flags: 1 }]);
  });
});

test('the dump of an unhandled condition has the columns of running systems', () => {
  const lines = exceptionDump('  Improperly handled condition, image exit forced.', {
    signal: [SS$_INTOVF, 0x2d6c9, 0x03c00022], stack: [0, 0x08000020, 0x17c4, 0x7fef9784, 0x2d479], psl: 0x03c00022,
    registers: [0xe, 0x2baf4, 0xf, 0x7ff6a489, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0x2d6c9],
  });
  expect(lines).toContain('      Number = 00000003                00000000');
  expect(lines).toContain('      Name   = 0000047C                08000020');
  expect(lines).toContain('               03C00022                7FEF9784');
  expect(lines).toContain('                                       0002D479');
  expect(lines).toContain('      R0 = 0000000E  R1 = 0002BAF4  R2 = 0000000F  R3 = 7FF6A489');
  expect(lines).toContain('      AP = 0000000C  FP = 0000000D  SP = 0000000E  PC = 0002D6C9');
});
