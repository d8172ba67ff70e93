import { describe, expect, test } from 'vitest';
import { dispatchSource, implementedServices, missingServices, rmsDispatchSource } from '../../../src/executive/dispatch/dispatcher.js';
import { vectorSource } from '../../../src/executive/dispatch/vectors.js';
import { SERVICES, serviceSymbol, VECTOR_BASE, VECTOR_PAGES } from '../../../src/executive/starlet/service-table.js';
import { assembleAbsolute } from '../../../src/macro/assembler.js';

const ORIGIN = 0x80000000;

/** Everything the sources refer to and do not define lies at 80100000 here. */
function assemble(source: string): ReturnType<typeof assembleAbsolute> {
  return assembleAbsolute(source, 'test', {
    origin: ORIGIN,
    symbols: (name) => serviceSymbol(name) ?? (name === 'RMS$OPEN' || name.startsWith('RMS$_') || /^(EXE|CTL|SCH|PCB|PRV|BUG|SS|PR|CLI)\$/.test(name) ? (name.includes('$_') ? 0x100 : 0x80100000) : undefined),
  });
}

const implemented = new Set(SERVICES.map((service) => service.name as string));

describe('service vectors', () => {
  const image = assemble(vectorSource(implemented));
  const word = (offset: number): number => image.bytes[offset]! | (image.bytes[offset + 1]! << 8);

  test('ch09#3: a simple change mode vector is mask, 4-byte CHMx, RET', () => {
    expect(image.bytes.length).toBe(VECTOR_PAGES * 512);
    for (const service of SERVICES) {
      if (!['kernel', 'executive', 'rmsPlain'].includes(service.kind)) continue;
      const at = service.vectorOffset;
      expect(word(at)).toBe(0x0ffc);
      expect(image.bytes[at + 2]).toBe(service.kind === 'kernel' ? 0xbc : 0xbd);
      expect(image.bytes[at + 3]).toBe(0x8f);
      expect(word(at + 4)).toBe(service.code);
      expect(image.bytes[at + 6]).toBe(0x04);
    }
  });

  test('no piece of the vector pages runs into the next', () => {
    const labels = [...image.symbols].filter(([name]) => name.startsWith('VEC_')).map(([, value]) => value - ORIGIN).sort((a, b) => a - b);
    // Assembled piece by piece at its own place, each gives the same bytes as all together: nothing was overwritten.
    const source = vectorSource(implemented);
    const lines = source.split('\n');
    for (const start of labels) {
      const from = lines.findIndex((line) => line === `VEC_${start.toString(16)}:`);
      const to = lines.findIndex((line, index) => index > from && line.includes('. = SYS_VECTORS'));
      const without = [...lines.slice(0, to), 'PIECE_END:', ...lines.slice(to)].join('\n');
      const end = assemble(without).symbols.get('PIECE_END')! - ORIGIN;
      const next = labels.find((value) => value > start) ?? VECTOR_PAGES * 512;
      expect(end, `piece at ${start.toString(16)}`).toBeLessThanOrEqual(next);
    }
  });

  test('every RMS vector branches, directly or through another, to the stall check', () => {
    const stall = image.symbols.get('RMS_CHECK_STALL')! - ORIGIN;
    for (const service of SERVICES.filter(({ kind }) => kind === 'rms')) {
      let at = service.vectorOffset + 6;
      for (let hops = 0; at !== stall && hops < 5; hops += 1) {
        const opcode = image.bytes[at];
        if (opcode === 0x11) at = at + 2 + ((image.bytes[at + 1]! << 24) >> 24);
        else if (opcode === 0x31) at = at + 3 + ((word(at + 1) << 16) >> 16);
      }
      expect(at, service.name).toBe(stall);
    }
  });

  test('ch04#13: SYS$CALL_HANDL is CALLG 4(SP),(R1) and, four bytes on, RSB', () => {
    const at = serviceSymbol('SYS$CALL_HANDL')! - ORIGIN;
    expect([...image.bytes.slice(at, at + 5)]).toEqual([0xfa, 0xae, 4, 0x61, 0x05]);
  });

  test('ch09#2 ch01#23: SYS$ symbols are P1 addresses', () => {
    expect(serviceSymbol('SYS$QIO')).toBe(VECTOR_BASE + SERVICES.find(({ name }) => name === '$QIO')!.vectorOffset);
  });
});

describe('dispatch tables', () => {
  test('services nobody has written go to the procedure that answers SS$_ILLSER', () => {
    const some = implementedServices(['EXE$QIO', 'EXE$WAITFR'], ['EXE$EXIT::\n']);
    expect([...some].sort()).toEqual(['$CLI', '$CMEXEC', '$CMKRNL', '$EXIT', '$QIO', '$WAITFR']);
    expect(missingServices(some)).toContain('$WAKE');
    expect(missingServices(some)).not.toContain('$QIO');
    const source = dispatchSource(some);
    expect(source).toMatch(/KERNEL_\d+:\tJMP\t@#EXE\$QIO\+2/);
  });

  test('RMS$DISPATCH assembles and covers every RMS code', () => {
    const image = assemble(rmsDispatchSource(new Set(['$OPEN'])));
    expect(image.symbols.get('RMS$DISPATCH')).toBe(ORIGIN);
  });
});
