import { describe, expect, test } from 'vitest';
import { linkCommand, macroCommand, type CommandHost, type CommandResult, type FileFailure, type LinkCommand, type MacroCommand, type OutputFile } from '../../src/macro/commands.js';
import type { LibraryMember } from '../../src/macro/link/libraries.js';
import { decodeImageHeader } from '../../src/macro/image-format.js';
import { starletMacroLibrary } from '../../src/macro/starlet.js';

type Content = string | readonly Uint8Array[] | Uint8Array;

/** Files in a map, names without directory or version; every step yields once, as a host that waits would. */
class FakeHost implements CommandHost<string, undefined> {
  readonly files = new Map<string, Content>();
  readonly libraries = new Map<string, readonly LibraryMember[]>();
  readonly printed: string[] = [];
  readonly now = 0x0091_0000_0000_0000n;
  readonly nowText = '21-NOV-1985 11:19';

  *readText(spec: string, type: string): Generator<string, { name: string; text: string } | FileFailure, undefined> {
    yield 'read';
    const name = spec.includes('.') ? spec : `${spec}.${type}`;
    const text = this.files.get(name);
    return typeof text === 'string' ? { name: `DISK:[WORK]${name};1`, text } : { spec: `DISK:[WORK]${name};`, reason: '-RMS-E-FNF, file not found' };
  }

  *readLibrary(spec: string): Generator<string, { name: string; members: readonly LibraryMember[] } | FileFailure, undefined> {
    yield 'read';
    const members = this.libraries.get(spec);
    return members === undefined ? { spec: `DISK:[WORK]${spec}.OLB;`, reason: '-RMS-E-FNF, file not found' } : { name: `DISK:[WORK]${spec}.OLB;1`, members };
  }

  *readRecords(spec: string, type: string): Generator<string, { name: string; records: Uint8Array[] } | FileFailure, undefined> {
    yield 'read';
    const name = spec.includes('.') ? spec : `${spec}.${type}`;
    const records = this.files.get(name);
    return Array.isArray(records) ? { name: `DISK:[WORK]${name};1`, records: [...records] } : { spec: `DISK:[WORK]${name};`, reason: '-RMS-E-FNF, file not found' };
  }

  *readBlocks(spec: string, type: string): Generator<string, { name: string; bytes: Uint8Array } | FileFailure, undefined> {
    yield 'read';
    const name = spec.includes('.') ? spec : `${spec}.${type}`;
    const bytes = this.files.get(name);
    return bytes instanceof Uint8Array ? { name: `DISK:[WORK]${name};1`, bytes } : { spec: `DISK:[WORK]${name};`, reason: '-RMS-E-FNF, file not found' };
  }

  *write({ spec, related, type }: OutputFile, content: Content): Generator<string, { name: string }, undefined> {
    yield 'write';
    const base = spec ?? /([A-Z]+)\./.exec(related)![1]!;
    const name = base.includes('.') ? base : `${base}.${type}`;
    this.files.set(name, content);
    return { name };
  }

  writeText(file: OutputFile, text: string) { return this.write(file, text); }
  writeRecords(file: OutputFile, records: readonly Uint8Array[]) { return this.write(file, records); }
  writeBlocks(file: OutputFile, bytes: Uint8Array) { return this.write(file, bytes); }

  *print(text: string): Generator<string, void, undefined> {
    yield 'print';
    this.printed.push(text);
  }
}

function run(steps: Generator<string, CommandResult, undefined>): CommandResult {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

const MACRO: MacroCommand = { sources: ['HELLO'], object: true, list: false, symbols: { SS$_NORMAL: 1 }, libraries: [starletMacroLibrary({ $EXIT: ['code'] })] };
const LINK: LinkCommand = { files: [{ spec: 'HELLO' }], executable: true, map: false, traceback: true, debug: false, symbols: { SYS$EXIT: 0x7ffede40 } };
const HELLO = ' .TITLE HELLO\n .ENTRY START,0\n $EXIT_S #SS$_NORMAL\n .END START\n';

describe('MACRO and LINK', () => {
  test('a program from source to image, silently', () => {
    const host = new FakeHost();
    host.files.set('HELLO.MAR', HELLO);
    expect(run(macroCommand(MACRO, host))).toEqual({ severity: 'S', errors: 0, warnings: 0 });
    expect(run(linkCommand(LINK, host))).toEqual({ severity: 'S', errors: 0, warnings: 0 });
    expect(host.printed).toEqual([]);
    const decoded = decodeImageHeader(host.files.get('HELLO.EXE') as Uint8Array);
    expect(decoded).toMatchObject({ header: { imageName: 'HELLO', transfers: [0x200] } });
  });

  test('errors are shown with their lines and counted', () => {
    const host = new FakeHost();
    host.files.set('HELLO.MAR', '\tFROB\n NOP\n\tMOVL\tR0\n');
    expect(run(macroCommand({ ...MACRO, list: true }, host))).toEqual({ severity: 'E', errors: 2, warnings: 0 });
    expect(host.printed).toEqual([
      '                                     0000     1 \tFROB\n%MACRO-E-UNRECSTMT, Unrecognized statement             !',
      '                            50   D0  0001     3 \tMOVL\tR0\n%MACRO-E-NOTENUFOPR, Not enough operands supplied                !',
    ]);
    const listing = host.files.get('HELLO.LIS') as string;
    expect(listing).toContain('%MACRO-E-UNRECSTMT');
    expect(listing.trimEnd().split('\n').slice(-2)).toEqual(['There were 2 errors, 0 warnings and 0 information messages, on lines:', '    1 (1)         3 (1)']);
  });

  test('a missing source or object file', () => {
    const host = new FakeHost();
    expect(run(macroCommand(MACRO, host)).severity).toBe('F');
    expect(run(linkCommand(LINK, host)).severity).toBe('F');
    expect(host.printed).toEqual([
      '%MACRO-F-OPENIN, error opening DISK:[WORK]HELLO.MAR; as input\n-RMS-E-FNF, file not found',
      '%LINK-F-OPENIN, error opening DISK:[WORK]HELLO.OBJ; as input\n-RMS-E-FNF, file not found',
    ]);
  });

  test('an undefined symbol is a warning, and the image is written all the same', () => {
    const host = new FakeHost();
    host.files.set('HELLO.MAR', HELLO);
    run(macroCommand(MACRO, host));
    expect(run(linkCommand({ ...LINK, symbols: undefined }, host))).toEqual({ severity: 'W', errors: 0, warnings: 2 });
    expect(host.printed.at(-1)).toMatch(/^%LINK-W-USEUNDEF, undefined symbol SYS\$EXIT referenced\n\tin psect \. BLANK \. offset/);
    expect(host.files.has('HELLO.EXE')).toBe(true);
  });

  test('modules of a library: those needed with what they need, and those named; a name that is not there is a warning', () => {
    const host = new FakeHost();
    const assembled = (name: string, source: string): readonly Uint8Array[] => {
      host.files.set(`${name}.MAR`, ` .TITLE ${name}\n${source}`);
      expect(run(macroCommand({ ...MACRO, sources: [name] }, host)).severity).toBe('S');
      return host.files.get(`${name}.OBJ`) as readonly Uint8Array[];
    };
    const member = (name: string, source: string): LibraryMember => ({ name, names: [`${name}_E`], records: assembled(name, `${name}_E:: ${source}\n .END\n`) });
    host.libraries.set('SUBS', [member('DEEP', 'RSB'), member('NEAR', 'JMP G^DEEP_E'), member('OTHER', 'RSB')]);
    assembled('HELLO', ' .ENTRY START,0\n JSB G^NEAR_E\n RET\n .END START\n');
    const linked = (qualifiers: Partial<LinkCommand['files'][number]>): [CommandResult, string[]] => {
      const result = run(linkCommand({ ...LINK, map: true, files: [{ spec: 'HELLO' }, { spec: 'SUBS', ...qualifiers }] }, host));
      return [result, ['NEAR_E', 'DEEP_E', 'OTHER_E'].filter((name) => (host.files.get('HELLO.MAP') as string).includes(name))];
    };
    expect(linked({ isLibrary: true })).toEqual([{ severity: 'S', errors: 0, warnings: 0 }, ['NEAR_E', 'DEEP_E']]);
    expect(linked({ isLibrary: true, include: ['OTHER'] })).toEqual([{ severity: 'S', errors: 0, warnings: 0 }, ['NEAR_E', 'DEEP_E', 'OTHER_E']]);
    expect(host.printed).toEqual([]);
    expect(linked({ isLibrary: true, include: ['NONE'] })).toEqual([{ severity: 'W', errors: 0, warnings: 1 }, ['NEAR_E', 'DEEP_E']]);
    expect(host.printed).toEqual(['%LINK-W-MODNOTFND, module NONE not found in library DISK:[WORK]SUBS.OLB;1']);
    expect(run(linkCommand({ ...LINK, files: [{ spec: 'NOSUCH', isLibrary: true }] }, host)).severity).toBe('F');
  });

  test('a text file given as an object', () => {
    const host = new FakeHost();
    host.files.set('HELLO.OBJ', [new TextEncoder().encode('hello there')]);
    expect(run(linkCommand(LINK, host)).severity).toBe('F');
    expect(host.printed[0]).toMatch(/^%LINK-F-NOTOBJ, .*\n\tin file DISK:\[WORK\]HELLO\.OBJ;1$/);
    expect(host.files.has('HELLO.EXE')).toBe(false);
  });

  test('an options file gives files, stack and symbols', () => {
    const host = new FakeHost();
    host.files.set('HELLO.MAR', HELLO.replace('#SS$_NORMAL', '#EXTRA'));
    host.files.set('BUILD.OPT', 'HELLO ! the program\nSTACK=%X40\nSYMBOL = EXTRA, 12\nIDENTIFICATION="V9"\nSYS$SHARE:VAXCRTL/SHARE\n');
    run(macroCommand(MACRO, host));
    expect(run(linkCommand({ ...LINK, files: [{ spec: 'BUILD', isOptions: true }], executable: 'OUT', map: true }, host))).toMatchObject({ severity: 'S' });
    const decoded = decodeImageHeader(host.files.get('OUT.EXE') as Uint8Array);
    if (!('header' in decoded)) throw new Error(decoded.problem);
    expect(decoded.header).toMatchObject({ imageName: 'OUT', imageIdent: 'V9' });
    expect(decoded.header.sections.at(-1)?.pages).toBe(64);
    expect(host.files.get('HELLO.MAP')).toContain('Image Synopsis');
  });

  test('a wrong options line is shown', () => {
    const host = new FakeHost();
    host.files.set('BUILD.OPT', 'STACK=LOTS\n');
    expect(run(linkCommand({ ...LINK, files: [{ spec: 'BUILD', isOptions: true }] }, host)).severity).toBe('F');
    expect(host.printed[0]).toContain('STACK=LOTS');
  });
});
