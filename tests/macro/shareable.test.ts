import { describe, expect, test } from 'vitest';
import {
  IHD$K_LIM, IHD$M_NOP0BUFS, IHD$V_MATCHCTL, ISD$K_PRVPIC, ISD$K_SHRPIC, ISD$M_CRF, ISD$M_FIXUPVEC, ISD$M_GBL, ISD$M_PROTECT, ISD$M_VECTOR, ISD$M_WRT, ISD$V_MATCHCTL, sectionAddress,
  type ImageSection,
} from '../../src/macro/image-format.js';
import { IAF, SHL, SHL$K_LENGTH } from '../../src/macro/link/fixup-vector.js';
import { parseLinkOptions } from '../../src/macro/link/options-file.js';
import { readSharedImage, type SharedImage } from '../../src/macro/link/symbol-table.js';
import { link, type ImageFile, type LinkOptions } from '../../src/macro/linker.js';
import { assembleModule } from '../../src/macro/object/module.js';

/** Shareable images: LINK/SHAREABLE, its options, transfer vectors, fixup sections. @source VAX/VMS Linker manual; digest ch21 1.5 */
const LIBRARY = `
	.TITLE LIBRARY
	.PSECT $$VECTOR,PIC,SHR,NOWRT,EXE,PAGE
	.TRANSFER ADD
	.MASK ADD
	JMP L^ADD+2
	.PSECT CODE,PIC,SHR,NOWRT,EXE
	.ENTRY ADD,^M<R2>
	ADDL3 4(AP),8(AP),R0
	RET
	.PSECT TABLE,PIC,NOSHR,NOWRT,NOEXE
	.ADDRESS ADD
COUNT::	.LONG 7
	.END
`;

const CALLER = `
	.PSECT CODE,NOWRT
	.ENTRY START,0
	CALLS #0,G^ADD
	MOVL G^COUNT,R1
	CALLS #0,G^ADD
	RET
	.PSECT DATA,WRT,NOEXE
	.ADDRESS COUNT+4
	.END START
`;

const OPTIONS: LinkOptions = { imageName: 'TEST', linkTime: 0x0091_2345_6789_abcdn, traceback: false };

function library(options: Partial<LinkOptions> = {}): ImageFile {
  return link([assembleModule(LIBRARY, 'LIBRARY.MAR')], { ...OPTIONS, imageName: 'LIBRARY', shareable: true, universals: ['COUNT'], ...options });
}

function shared(image: ImageFile): SharedImage {
  const read = readSharedImage('LIBRARY', image.bytes);
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

const view = (image: ImageFile, section: ImageSection): DataView => new DataView(image.bytes.buffer, (section.vbn - 1) * 512, section.pages * 512);
const fixupSection = (image: ImageFile): ImageSection => image.header.sections.find((section) => (section.flags & ISD$M_FIXUPVEC) !== 0)!;

describe('a shareable image', () => {
  test('begins at address 0, has neither transfer address nor stack, and a table of its universal symbols', () => {
    const image = library({ match: { control: 2, ident: 0x01000002 } });
    expect(image.header.imageType).toBe(IHD$K_LIM);
    expect(image.header.transfers).toEqual([]);
    expect((image.header.linkFlags >>> IHD$V_MATCHCTL) & 7).toBe(2);
    expect(image.header.ident).toBe(0x01000002);
    expect(sectionAddress(image.header.sections[0]!)).toBe(0);
    const { symbols } = shared(image);
    // ADD is where its vector is, not where the procedure is.
    expect(symbols.get('ADD')).toMatchObject({ value: 0, isRelocatable: true });
    expect(symbols.get('COUNT')?.isRelocatable).toBe(true);
    expect([...symbols.keys()].sort()).toEqual(['ADD', 'COUNT']);
    expect(image.messages).toEqual([]);
  });

  test('what may be shared lies apart; a section with .ADDRESS is copied for each process, and read-only again after the fixup', () => {
    const image = library();
    const [code, table] = image.header.sections.filter((section) => section.kind === 'private');
    expect(code).toMatchObject({ type: ISD$K_SHRPIC });
    expect(code!.flags & (ISD$M_WRT | ISD$M_CRF)).toBe(0);
    expect(table!.type).toBe(ISD$K_PRVPIC);
    expect(table!.flags & (ISD$M_WRT | ISD$M_CRF)).toBe(ISD$M_WRT | ISD$M_CRF);
    const fixup = fixupSection(image);
    expect(image.header.fixupAddress).toBe(sectionAddress(fixup));
    const bytes = view(image, fixup);
    const protections = bytes.getUint32(IAF.IAF$L_CHGPRTOFF, true);
    expect([bytes.getUint32(protections, true), bytes.getUint32(protections + 4, true), bytes.getUint16(protections + 8, true), bytes.getUint16(protections + 10, true)])
      .toEqual([1, sectionAddress(table!), 1, 15]);
    // The image itself is entry 0 of the list; its one address is the first longword of the table, which holds an offset.
    const addresses = bytes.getUint32(IAF.IAF$L_DOTADROFF, true);
    expect([0, 4, 8, 12].map((offset) => bytes.getUint32(addresses + offset, true))).toEqual([1, 0, sectionAddress(table!), 0]);
    expect(view(image, table!).getUint32(0, true)).toBe(image.symbols.get('ADD'));
  });

  test('linked to a base it needs no fixup of its own', () => {
    const image = library({ base: 0x10000 });
    expect(image.header.fixupAddress).toBe(0);
    expect(sectionAddress(image.header.sections[0]!)).toBe(0x10000);
  });

  test('/PROTECT marks every section, a VEC psect the vector of a privileged image', () => {
    const source = ' .PSECT USER_SERVICES,PAGE,VEC,PIC,NOWRT,EXE\n .LONG 1\n .PSECT CODE,PIC,NOWRT\n .LONG 2\n';
    const image = link([assembleModule(source, 'P.MAR')], { ...OPTIONS, shareable: true, protect: true });
    expect(image.header.sections.every((section) => (section.flags & ISD$M_PROTECT) !== 0)).toBe(true);
    expect(image.header.sections.filter((section) => (section.flags & ISD$M_VECTOR) !== 0)).toHaveLength(1);
  });

  test('a universal symbol that nobody defines is a warning', () => {
    expect(library({ universals: ['NOTHING'] }).messages.map(({ ident }) => ident)).toEqual(['UNIUNDEF']);
  });
});

describe('an image linked with a shareable one', () => {
  const image = link([assembleModule(CALLER, 'CALLER.MAR')], { ...OPTIONS, sharedImages: [shared(library({ match: { control: 1, ident: 5 } }))] });
  const fixup = fixupSection(image);
  const bytes = view(image, fixup);

  test('names it in a global section descriptor with the match control and identification it had', () => {
    const global = image.header.sections.find((section) => section.kind === 'global')!;
    expect(global.globalName).toBe('LIBRARY');
    expect(global.ident).toBe(5);
    expect(global.flags & ISD$M_GBL).not.toBe(0);
    expect((global.flags >>> ISD$V_MATCHCTL) & 7).toBe(1);
    expect(image.messages).toEqual([]);
  });

  test('G^ becomes @L^ of a cell in the fixup section; all references to one symbol use one cell', () => {
    const general = bytes.getUint32(IAF.IAF$L_G_FIXOFF, true);
    const count = bytes.getUint32(general, true);
    expect([count, bytes.getUint32(general + 4, true)]).toEqual([2, 1]);
    const section = image.header.sections.find((each) => each.kind === 'private' && (each.flags & ISD$M_WRT) === 0)!;
    const code = view(image, section);
    const start = image.symbols.get('START')! - sectionAddress(section);
    // CALLS #0,@L^cell
    expect([code.getUint8(start + 2), code.getUint8(start + 3), code.getUint8(start + 4)]).toEqual([0xfb, 0, 0xff]);
    const target = (at: number): number => image.symbols.get('START')! + at + 4 + code.getInt32(start + at, true) - sectionAddress(fixup);
    expect(target(5)).toBe(general + 8);
    expect(target(11)).toBe(general + 12);
    expect(target(5 + 7 + 7)).toBe(general + 8);
    expect(bytes.getUint32(general + 8, true)).toBe(0);
  });

  test('.ADDRESS holds an offset in the other image and is on the list of it', () => {
    const list = bytes.getUint32(IAF.IAF$L_SHLSTOFF, true);
    const name = list + SHL$K_LENGTH + SHL.SHL$T_IMGNAM;
    expect(String.fromCharCode(...new Uint8Array(bytes.buffer, bytes.byteOffset + name + 1, bytes.getUint8(name)))).toBe('LIBRARY');
    const addresses = bytes.getUint32(IAF.IAF$L_DOTADROFF, true);
    const data = image.header.sections.find((section) => section.kind === 'private' && (section.flags & (ISD$M_WRT | ISD$M_FIXUPVEC)) === ISD$M_WRT)!;
    expect([0, 4, 8].map((offset) => bytes.getUint32(addresses + offset, true))).toEqual([1, 1, sectionAddress(data) - 0x200]);
    expect(view(image, data).getUint32(0, true)).toBe(shared(library()).symbols.get('COUNT')!.value + 4);
  });

  test('a reference that cannot be adjusted is a warning', () => {
    const source = ' .PSECT CODE,NOWRT\n .ENTRY START,0\n BSBW ADD\n RET\n .END START\n';
    const wrong = link([assembleModule(source, 'W.MAR')], { ...OPTIONS, sharedImages: [shared(library())] });
    expect(wrong.messages.map(({ ident }) => ident)).toContain('NOTGENREF');
  });
});

describe('options', () => {
  test('GSMATCH, UNIVERSAL, PROTECT and images', () => {
    const parsed = parseLinkOptions('GSMATCH=LEQUAL,1,1000\nUNIVERSAL=A,B\nPROTECT=YES\nLIB/SHARE\n');
    if (typeof parsed === 'string') throw new Error(parsed);
    expect(parsed.settings).toMatchObject({ match: { control: 2, ident: 0x010003e8 }, protect: true });
    expect(parsed.universals).toEqual(['A', 'B']);
    expect(parsed.files).toEqual(['LIB/SHARE']);
  });

  test('IOSEGMENT: pages, and whether RMS may have buffers in P0', () => {
    const settingsOf = (line: string): unknown => {
      const parsed = parseLinkOptions(line);
      return typeof parsed === 'string' ? parsed : parsed.settings;
    };
    expect(settingsOf('IOSEGMENT=64')).toMatchObject({ imageIoPages: 64, noP0Buffers: false });
    expect(settingsOf('IOSEGMENT=64, NOP0BUFS')).toMatchObject({ imageIoPages: 64, noP0Buffers: true });
    const source = ' .PSECT CODE,NOWRT\n .ENTRY START,0\n RET\n .END START\n';
    const flagsOf = (noP0Buffers: boolean): number => link([assembleModule(source, 'W.MAR')], { ...OPTIONS, noP0Buffers }).header.linkFlags;
    expect([false, true].map((forbidden) => flagsOf(forbidden) & IHD$M_NOP0BUFS)).toEqual([0, IHD$M_NOP0BUFS]);
  });

  test.each(['IOSEGMENT=64,SOMEWHERE', 'GSMATCH=SOMETIMES,1,1', 'GSMATCH=EQUAL,256,0'])('%s is wrong', (line) => {
    expect(parseLinkOptions(line)).toBe(line);
  });
});
