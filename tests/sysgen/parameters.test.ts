import { describe, expect, test } from 'vitest';
import { defaultParameters, PARAMETERS } from '../../src/executive/boot/parameters.js';
import { currentParameters } from '../../src/sysgen/boot-parameters.js';
import { decodeParameterFile, encodeParameterFile } from '../../src/sysgen/parameter-file.js';
import type { SystemFile } from '../../src/sysgen/system-disk.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { Console, systemDisk } from './console.js';

const FILE = '[SYS0.SYSEXE]VAXVMSSYS.PAR';
const withFile = (bytes: Uint8Array) => (files: SystemFile[]): SystemFile[] => files.map((file) => file.name === FILE ? { ...file, bytes } : file);

describe('the table', () => {
  test('defaults are within their limits, limits within their cells', () => {
    for (const { name, default: standard, minimum, maximum, cell } of PARAMETERS) {
      expect(standard, name).toBeGreaterThanOrEqual(minimum);
      if (maximum !== -1) expect(standard, name).toBeLessThanOrEqual(maximum);
      if (/\$G[BW]_/.test(cell)) expect(maximum, name).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('parameter files', () => {
  test('keep every value', () => {
    const values = { ...defaultParameters(), MAXPROCESSCNT: 100, GBLPAGES: 0xffff_ffff };
    expect(decodeParameterFile(encodeParameterFile(values))).toEqual(values);
  });

  test('one changed byte anywhere is noticed', () => {
    const bytes = encodeParameterFile({});
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x10;
      expect(decodeParameterFile(damaged), `byte ${at}`).toBeUndefined();
    }
    expect(decodeParameterFile(bytes.slice(0, 512))).toBeUndefined();
    expect(decodeParameterFile(new Uint8Array(0))).toBeUndefined();
  });
});

describe('SYSBOOT', () => {
  test('a new disk has the defaults', () => {
    expect(currentParameters(systemDisk())).toEqual({ values: defaultParameters() });
  });

  test('a missing or damaged file: a warning and the defaults', () => {
    const warnings = [
      currentParameters(systemDisk((files) => files.filter(({ name }) => name !== FILE))), currentParameters(systemDisk(withFile(new Uint8Array(700).fill(7)))),
      currentParameters({ blocks: 100, read: (_lbn, count) => new Uint8Array(count * 512), write: () => undefined }),
    ].map(({ values, warning }) => {
      expect(values).toEqual(defaultParameters());
      return warning;
    });
    expect(warnings).toEqual([
      '%SYSBOOT-W-NOPARFILE, unable to locate SYS$SYSTEM:VAXVMSSYS.PAR; default parameters are used',
      '%SYSBOOT-W-BADPARFILE, SYS$SYSTEM:VAXVMSSYS.PAR is damaged or no parameter file; default parameters are used',
      '%SYSBOOT-W-READERR, error reading SYS$SYSTEM:VAXVMSSYS.PAR; default parameters are used',
    ]);
  });

  test('parameters that need more memory than there is: a warning, and the system boots', () => {
    const { text } = new Console(systemDisk(withFile(encodeParameterFile({ NPAGEDYN: 0x4000_0000 }))));
    expect(text).toMatch(/^\r\n%SYSBOOT-W-NOMEMORY, [^\r]*\r\n[^]*Welcome/);
    // 40000000 bytes are 200000 (hexadecimal) pages: the largest part, and more of it than there is memory.
    expect(text).toMatch(/^-SYSBOOT-I-NEEDS, there are 32768 pages, and at least 21\d{5} are needed: 2097152 for NPAGEDYN; \d+ for [A-Z, ]+; \d+ for [A-Z, ]+\r$/m);
    expect(text).toMatch(/^-SYSBOOT-I-ADVICE, /m);
  });

  test('a file of another build: what is not taken from it is named, and the system boots with the rest', () => {
    const bytes = encodeParameterFile({ QUANTUM: 33 });
    const at = Buffer.from(bytes).indexOf('SAVEDUMP');
    bytes.set(textToBytes('OLDTHING'), at);
    const view = new DataView(bytes.buffer);
    const maximum = Buffer.from(bytes).indexOf('MAXPROCESSCNT');
    view.setUint32(maximum + 16, 0xffff, true);
    view.setUint32(bytes.length - 4, 0, true);
    let sum = 0;
    for (let each = 0; each < bytes.length; each += 4) sum = (sum + view.getUint32(each, true)) >>> 0;
    view.setUint32(bytes.length - 4, -sum >>> 0, true);
    const { values, warning, note } = currentParameters(systemDisk(withFile(bytes)));
    expect([warning, values['QUANTUM'], values['MAXPROCESSCNT'], values['SAVEDUMP']]).toEqual([undefined, 33, 8192, 0]);
    expect(note).toMatch(/^%SYSBOOT-I-PARADJUST, SYS\$SYSTEM:VAXVMSSYS\.PAR is of another build: (?:MAXPROCESSCNT is 8192, OLDTHING is unknown|OLDTHING is unknown, MAXPROCESSCNT is 8192)\r\n-SYSBOOT-I-ADVICE, /);
  });

  test.each([['LRPSIZE', 0x7fff_ffff], ['LRPSIZE', 0xffff_ffff], ['PHYSICALPAGES', 512], ['GBLPAGES', 0xffff_ffff]])('%s %i: a warning, and the system boots', (name, value) => {
    const { text } = new Console(systemDisk(withFile(encodeParameterFile({ [name]: value }))));
    expect(text).toMatch(/^\r\n%SYSBOOT-W-NOMEMORY, [^]*Welcome/);
  });

  test.each([['FREELIM', 0xffff_ffff], ['TTY_DEFCHAR', 0xffff_ffff], ['TTY_DEFCHAR2', 0xffff_ffff], ['TTY_DEFCHAR', 0xff_ffff]])('%s %i: nonsense, and yet somebody can log in and type', (name, value) => {
    const console = new Console(systemDisk(withFile(encodeParameterFile({ [name]: value }))));
    expect(console.type('WRITE SYS$OUTPUT "IT ","WORKS"')).toContain('IT WORKS');
  });

  test('ch24#12: PHYSICALPAGES keeps the lowest pages', () => {
    const { kernel } = new Console(systemDisk(withFile(encodeParameterFile({ PHYSICALPAGES: 12000 })))).system;
    expect(kernel.sys.SGN$GL_FREELIM).toBe(64);
    expect(kernel.sys.MMG$GL_MAXPFN).toBeLessThan(12000);
    const base = kernel.sys.MMG$GL_SPTBASE;
    for (let page = 0; page < kernel.sys.MMG$GL_SPTLEN; page += 1) {
      const pte = kernel.readLong(base + 4 * page);
      if ((pte >>> 31) === 1 && (pte & 0x1fffff) < 0x10_0000) expect(pte & 0x1fffff, `page ${page}`).toBeLessThan(12000);
    }
  });

  test.each([
    ['VIRTUALPAGECNT', 1024], ['CTLPAGES', 16], ['IMGIOCNT', 8], ['TTY_ALTYPAHD', 16], ['NPAGEDYN', 16384], ['PAGEDYN', 12288], ['BALSETCNT', 4], ['MAXPROCESSCNT', 12],
    ['LNMPHASHTBL', 1024], ['PQL_DJTQUOTA', 65535], ['MAXPROCESSCNT', 8192], ['SRPCOUNT', 4096],
  ])('%s %i boots', (name, value) => {
    const console = new Console(systemDisk(withFile(encodeParameterFile({ [name]: value }))));
    expect(console.text).not.toContain('SYSBOOT');
    expect(console.type(`MCR SYSGEN SHOW ${name}`).at(-1)).toMatch(new RegExp(`^${name} +${value} `));
  });
});
