import { describe, expect, it } from 'vitest';
import { RMS$_DEV, RMS$_DIR, RMS$_FNM, RMS$_SYN, RMS$_TYP, RMS$_VER } from '../../src/executive/starlet/rmsdef.js';
import { directoryText, ELLIPSIS, parseDirectory, parseSpec, resolveDirectory, scanFields, type DirectorySpec, type FileSpec } from '../../src/rms/names/file-spec.js';

const spec = (text: string): FileSpec => {
  const parsed = parseSpec(text);
  if (typeof parsed === 'number') throw new Error(`${text}: ${parsed.toString(16)}`);
  return parsed;
};

describe('file specifications', () => {
  it('takes a whole specification apart', () => {
    expect(spec('node::sys$disk:[a.b...]Name.typ;-1')).toEqual({
      node: 'NODE::', device: 'SYS$DISK', root: undefined, directory: { up: undefined, elements: ['A', 'B', ELLIPSIS] }, name: 'NAME', type: 'TYP', version: '-1',
    });
    expect(spec('X:[SYS0.][SYSEXE]A.B.3')).toMatchObject({ root: ['SYS0'], directory: { elements: ['SYSEXE'] }, version: '3' });
    expect(spec('A')).toMatchObject({ name: 'A', type: undefined, version: undefined });
    expect(spec('.COM')).toMatchObject({ name: undefined, type: 'COM' });
    expect(spec('A.;')).toMatchObject({ name: 'A', type: '', version: '' });
    expect(spec('<X>*.%')).toMatchObject({ directory: { elements: ['X'] }, name: '*', type: '%' });
  });

  it('reads directories', () => {
    const rows: readonly (readonly [string, DirectorySpec | number])[] = [
      ['[]', { up: 0, elements: [] }], ['[-]', { up: 1, elements: [] }], ['[--.A]', { up: 2, elements: ['A'] }], ['[-.-]', { up: 2, elements: [] }],
      ['[.A.B]', { up: 0, elements: ['A', 'B'] }], ['[...]', { up: 0, elements: [ELLIPSIS] }], ['[-...]', { up: 1, elements: [ELLIPSIS] }],
      ['[A...B]', { up: undefined, elements: ['A', ELLIPSIS, 'B'] }], ['[000000]', { up: undefined, elements: [] }], ['[000000.A]', { up: undefined, elements: ['A'], isFromMaster: true }], ['<A>', { up: undefined, elements: ['A'], isAngled: true }],
      ['[1,4]', { up: undefined, elements: ['001004'] }], ['[*...]', { up: undefined, elements: ['*', ELLIPSIS] }], ['[.-A]', { up: 0, elements: ['-A'] }],
      ['[A..B]', RMS$_DIR], ['[A.]', RMS$_DIR], ['[A/B]', RMS$_DIR], ['[A.000000]', RMS$_DIR],
    ];
    for (const [text, expected] of rows) expect([text, parseDirectory(text)]).toEqual([text, expected]);
  });

  it('says what is wrong', () => {
    const rows: readonly (readonly [string, number])[] = [
      ['[A', RMS$_DIR], ['A.B;99999', RMS$_VER], ['A.B;X', RMS$_VER], ['A!B.C', RMS$_FNM], ['A.B?', RMS$_TYP], ['?:X', RMS$_DEV], ['A.B;1;2', RMS$_SYN],
      ['X'.repeat(40), RMS$_FNM], [`A.${'X'.repeat(40)}`, RMS$_TYP],
    ];
    for (const [text, status] of rows) expect([text, parseSpec(text)]).toEqual([text, status]);
  });

  it('resolves relative directories and never leaves the volume', () => {
    const base = ['A', 'B'];
    const at = (text: string): string | undefined => {
      const parsed = parseDirectory(text);
      if (typeof parsed === 'number') throw new Error(text);
      const resolved = resolveDirectory(parsed, base);
      return resolved && directoryText(resolved);
    };
    expect(['[]', '[-]', '[--]', '[---]', '[.C]', '[-.C]', '[...]', '[X]'].map(at)).toEqual(
      ['[A.B]', '[A]', '[000000]', undefined, '[A.B.C]', '[A.C]', '[A.B...]', '[X]']);
  });

  it('any text gives fields or a status, and what is printed parses to the same', () => {
    let seed = 12345;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const alphabet = 'AB1$_-.;:[]<>*%"/ ,0';
    for (let turn = 0; turn < 20000; turn += 1) {
      let text = '';
      for (let length = random(14); length > 0; length -= 1) text += alphabet[random(alphabet.length)]!;
      const parsed = parseSpec(text);
      if (typeof parsed === 'number') {
        expect(parsed & 1).toBe(0);
        continue;
      }
      const fields = scanFields(text.toUpperCase().replace(/ /g, ''))!;
      expect(Object.values(fields).join('')).toBe(text.toUpperCase().replace(/ /g, ''));
      if (parsed.directory && parsed.directory.up === undefined) expect(parseDirectory(directoryText(parsed.directory.elements, parsed.directory))).toEqual(parsed.directory);
    }
  });
});
