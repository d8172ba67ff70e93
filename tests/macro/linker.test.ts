import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeImageHeader, encodeImageHeader, IHD$K_EXE, ISD$K_USRSTACK, ISD$M_CRF, ISD$M_DZRO, ISD$M_LASTCLU, ISD$M_WRT, sectionAddress, type ImageHeader,
} from '../../src/macro/image-format.js';
import { LinkError } from '../../src/macro/link/messages.js';
import { link, type LinkOptions } from '../../src/macro/linker.js';
import { OBJ$C_EOM, OBJ$C_GSD, OBJ$C_HDR, OBJ$C_TIR } from '../../src/macro/object/language.js';
import { assembleModule, assembleToObject } from '../../src/macro/object/module.js';
import { decodeModules, ObjectFormatError } from '../../src/macro/object/reader.js';
import { encodeModule } from '../../src/macro/object/writer.js';

const OPTIONS: LinkOptions = { imageName: 'TEST', linkTime: 0x0091_2345_6789_abcdn };

function hexBytes(bytes: Uint8Array): string {
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ');
}

/** The bytes at a virtual address of the linked image, found through its own section descriptors. */
function contentsAt(image: { bytes: Uint8Array; header: ImageHeader }, address: number, length: number): string {
  for (const section of image.header.sections) {
    const start = sectionAddress(section);
    if (section.kind === 'private' && address >= start && address < start + section.pages * 512) {
      const at = (section.vbn - 1) * 512 + address - start;
      return hexBytes(image.bytes.subarray(at, at + length));
    }
  }
  throw new Error(`nothing at ${address.toString(16)}`);
}

describe('object modules', () => {
  const SOURCE = [
    ' .TITLE SAMPLE a sample', ' .IDENT /V1-2/', ' .PSECT CODE,LONG,NOWRT', ' .ENTRY START,^M<R2>', ' CALLS #0,G^OTHER', ' BRB 10$', '10$: MOVL DATA,R0',
    ' PUSHL #OTHER+4', ' RET', ' .PSECT DATA,NOEXE,QUAD', 'DATA:: .LONG 5', ' .ADDRESS START', 'COUNT==7', ' .BLKB 600', ' .END START',
  ].join('\n');

  test('records come in the order header, directory, text, end, and no record is long', () => {
    const records = assembleModule(SOURCE, 'SAMPLE.MAR');
    const types = records.map((r) => r[0]);
    expect([...types].sort()).toEqual(types);
    expect(new Set(types)).toEqual(new Set([OBJ$C_HDR, OBJ$C_GSD, OBJ$C_TIR, OBJ$C_EOM]));
    expect(Math.max(...records.map((r) => r.length))).toBeLessThanOrEqual(512);
  });

  test('what was written is read again', () => {
    const { module, records } = assembleToObject([{ name: 'S.MAR', text: SOURCE }], { created: '21-NOV-1985 11:19' });
    const [read] = decodeModules(records);
    expect(read).toEqual(module);
    expect(read?.psects.map((p) => [p.name, p.allocation])).toEqual([['.  ABS  .', 0], ['CODE', 25], ['DATA', 608]]);
    expect(read?.transfer).toEqual({ psect: 1, offset: 0, weak: false });
    expect(read?.symbols.find((s) => s.name === 'START')).toMatchObject({ flags: 2 | 8, psect: 1, value: 0, entryMask: 4 });
    expect(read?.symbols.find((s) => s.name === 'OTHER')).toMatchObject({ flags: 8, entryMask: undefined });
    expect(encodeModule(read!)).toEqual(records);
  });

  test('an address stored where something has been stored before is what the linker leaves there', () => {
    const module = assembleModule([
      ' .PSECT FIRST', 'TEXT: .LONG 6', ' .PSECT SECOND', 'BLOCK: .BYTE 1[12]', '.=BLOCK+4', ' .ADDRESS TEXT', '.=BLOCK+10', ' .BYTE 7', '.=BLOCK+12', ' .ENTRY S,0', ' RET', ' .END S',
    ].join('\n'), 'S.MAR');
    const image = link([module], OPTIONS);
    expect(contentsAt(image, 0x204, 12)).toBe('01 01 01 01 00 02 00 00 01 01 07 01');
  });

  test('every record cut short anywhere is refused, or read, but never anything worse', () => {
    const records = assembleModule(SOURCE, 'SAMPLE.MAR');
    fc.assert(fc.property(fc.nat(records.length - 1), fc.nat(600), fc.nat(600), fc.nat(255), (which, cut, at, value) => {
      const damaged = records.map((r) => r.slice());
      damaged[which] = damaged[which]!.slice(0, cut + 1);
      if (at < damaged[which].length) damaged[which][at] = value;
      try {
        link([damaged], OPTIONS);
      } catch (error) {
        expect(error instanceof LinkError || error instanceof ObjectFormatError).toBe(true);
      }
    }), { seed: 44, numRuns: 500 });
  });
});

describe('linking', () => {
  test('two modules: sections by attribute, references across modules, G^ to a service vector', () => {
    const main = assembleModule([
      ' .TITLE MAIN', ' .PSECT CODE,NOWRT', ' .ENTRY START,0', ' CALLS #0,SUB', ' CALLS #0,G^SYS$EXIT', ' MOVL COUNT,R0', ' RET', ' .END START'].join('\n'), 'MAIN.MAR');
    const sub = assembleModule([
      ' .TITLE SUB', ' .PSECT CODE,NOWRT,LONG', ' .ENTRY SUB,^M<R2>', ' BSBW START', ' RET', ' .PSECT DATA,NOEXE', 'COUNT:: .LONG 3', 'P: .ADDRESS COUNT',
      ' .PSECT BUFFER,NOEXE,PAGE', ' .BLKB 5*512'].join('\n'), 'SUB.MAR');
    const image = link([main, sub], { ...OPTIONS, symbols: { SYS$EXIT: 0x7ffede40, SYS$IMGSTA: 0x7ffedf68 } });

    expect(image.messages).toEqual([]);
    // NOEXE,WRT first (BUFFER, then DATA), then EXE,NOWRT.
    expect(Object.fromEntries(image.symbols)).toEqual({ COUNT: 0xc00, START: 0xe00, SUB: 0xe18 });
    expect(contentsAt(image, 0xc00, 8)).toBe('03 00 00 00 00 0c 00 00');
    expect(contentsAt(image, 0xe00, 24)).toBe('00 00 fb 00 ef 0f 00 00 00 fb 00 9f 40 de fe 7f d0 ef ea fd ff ff 50 04');
    expect(contentsAt(image, 0xe18, 6)).toBe('04 00 30 e3 ff 04');
    expect(image.transferAddress).toBe(0xe00);

    const decoded = decodeImageHeader(image.bytes);
    expect(decoded).toEqual({ header: image.header });
    expect(image.header.transfers).toEqual([0x7ffedf68, 0xe00]);
    expect(image.header.sections.map((s) => [s.kind, sectionAddress(s), s.pages, s.flags, s.type, s.vbn])).toEqual([
      ['demandZero', 0x200, 5, ISD$M_DZRO | ISD$M_WRT | ISD$M_LASTCLU, 0, 0],
      ['private', 0xc00, 1, ISD$M_WRT | ISD$M_CRF | ISD$M_LASTCLU, 0, 2],
      ['private', 0xe00, 1, ISD$M_LASTCLU, 0, 3],
      ['demandZero', 0x7fffd800, 20, ISD$M_DZRO | ISD$M_WRT | ISD$M_LASTCLU, ISD$K_USRSTACK, 0],
    ]);
    expect(image.bytes.length).toBe(3 * 512);
  });

  test('the fixed part of the header stands where the activator looks', () => {
    const image = link([assembleModule('S: RET\n .END S', 'A')], OPTIONS);
    expect(hexBytes(image.bytes.subarray(0, 0x30))).toBe(
      'b0 00 30 00 44 00 60 00 00 00 00 00 30 32 30 35 01 01 00 00 ff ff ff ff ff ff ff ff 00 00 00 00 28 00 00 01 89 67 45 23 00 00 00 00 00 00 00 00');
    expect(hexBytes(image.bytes.subarray(0x30, 0x44))).toBe('00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00');
    expect(hexBytes(image.bytes.subarray(0x1fe, 0x200))).toBe('ff ff');
    expect(image.header).toMatchObject({ imageType: IHD$K_EXE, imageName: 'TEST', headerBlocks: 1 });
  });

  test('overlaid sections share their start', () => {
    const a = assembleModule(' .TITLE A\n .PSECT COM,OVR,GBL,NOEXE\nX:: .LONG 1,2\n', 'A');
    const b = assembleModule(' .TITLE B\n .PSECT COM,OVR,GBL,NOEXE\nY:: .BLKL 1\n .LONG 9\n', 'B');
    const image = link([a, b], OPTIONS);
    expect(image.symbols.get('X')).toBe(image.symbols.get('Y'));
    expect(contentsAt(image, 0x200, 8)).toBe('01 00 00 00 09 00 00 00');
  });

  test('undefined symbols are listed, and every use of them', () => {
    const image = link([assembleModule(' .TITLE M\n .PSECT C\nS: PUSHL #NOWHERE\n CALLS #0,G^NOPE\n .END S', 'M')], { ...OPTIONS, files: ['M.OBJ;1'] });
    expect(image.messages.map((m) => m.text)).toEqual([
      '%LINK-W-NUDFSYMS, 2 undefined symbols:',
      '%LINK-I-UDFSYM, \tNOPE ',
      '%LINK-I-UDFSYM, \tNOWHERE ',
      '%LINK-W-USEUNDEF, undefined symbol NOWHERE referenced\n\tin psect C offset %X00000002\n\tin module M file M.OBJ;1',
      '%LINK-W-USEUNDEF, undefined symbol NOPE referenced\n\tin psect C offset %X00000008\n\tin module M file M.OBJ;1',
    ]);
  });

  test('a weak reference may stay undefined; a weak definition gives way', () => {
    const a = assembleModule(' .WEAK W,V\nV: .LONG W\n', 'A');
    const b = assembleModule(' .LONG 1\nV:: .LONG 2\n .END V', 'B');
    const image = link([a, b], OPTIONS);
    expect(image.messages).toEqual([]);
    expect(image.symbols.get('V')).toBe(0x208);
  });

  test.each([
    ['V:: NOP\n .END V', 'V:: NOP', 'MULDEF'],
    ['S: NOP\n .END S', 'T: NOP\n .END T', 'MULTFR'],
    ['S: BRB FAR\n .BLKB 500\n .END S', ' .BLKB 20\nFAR:: NOP', 'TRUNC'],
    [' NOP', ' NOP', 'USRTFR'],
    [' .PSECT P,NOEXE\nS: NOP\n .END S', ' .PSECT P,EXE\n NOP', 'MULPSC'],
    ['S: FROB\n .END S', ' NOP', 'ERRORS'],
  ])('%s and %s: %s', (first, second, ident) => {
    const image = link([assembleModule(first, 'A'), assembleModule(second, 'B')], OPTIONS);
    expect(image.messages.map((m) => m.ident)).toContain(ident);
  });

  test('the map names sections and symbols', () => {
    const map = link([assembleModule(' .TITLE M\nS:: NOP\n .END S', 'M')], OPTIONS).map();
    expect(map).toContain('! Program Section Synopsis !');
    expect(map).toMatch(/^S {15}00000200-R$/m);
    expect(map).toContain('. BLANK .                       00000200 00000200 00000001 (          1.) BYTE  0 NOPIC,USR,CON,REL,LCL,NOSHR,  EXE,  RD,  WRT,NOVEC');
    expect(map).toContain('User transfer address:                            00000200');
  });
});

describe('image headers', () => {
  const section = fc.record({
    kind: fc.constantFrom('private' as const, 'demandZero' as const, 'global' as const), pages: fc.nat(0xffff), vpn: fc.nat(0x7fffff), cluster: fc.nat(255),
    flags: fc.nat(0xffffff), type: fc.nat(255), vbn: fc.nat(0x7fffffff), ident: fc.nat(0x7fffffff), globalName: fc.stringMatching(/^[A-Z_]{1,15}$/),
  }).map((s) => ({ ...s, vbn: s.kind === 'demandZero' ? 0 : s.vbn, ident: s.kind === 'global' ? s.ident : 0, globalName: s.kind === 'global' ? s.globalName : '' }));

  test('decoding is the inverse of encoding, over any number of header blocks', () => {
    fc.assert(fc.property(fc.array(section, { maxLength: 80 }), (sections) => {
      const header = { ...link([assembleModule('S: RET\n .END S', 'A')], OPTIONS).header, sections };
      const decoded = decodeImageHeader(encodeImageHeader(header));
      expect('header' in decoded && decoded.header.sections).toEqual(sections);
    }), { seed: 7, numRuns: 50 });
  });

  test('any damage is answered, never thrown', () => {
    const { bytes } = link([assembleModule('S: RET\n .END S', 'A')], OPTIONS);
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(511), fc.nat(255)), { maxLength: 5 }), fc.nat(600), (changes, length) => {
      const damaged = bytes.slice(0, length < 512 ? length : bytes.length);
      for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
      const decoded = decodeImageHeader(damaged);
      expect('header' in decoded || typeof decoded.problem === 'string').toBe(true);
    }), { seed: 3, numRuns: 500 });
  });
});
