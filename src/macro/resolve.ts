import type { Assembly } from './assembly.js';
import { StatementError } from './diagnostics.js';
import { fits, fitsSigned, type Fixup } from './fixup.js';
import { outOfRangeBy } from './operand.js';
import type { Psect } from './psect.js';
import { evaluate, simplify, type Value } from './value.js';

/** Fills in the fixups of sections that have been placed: every address is known now. */
export function resolveFixups(assembly: Assembly): void {
  for (const psect of assembly.psects) {
    for (const fixup of psect.fixups) {
      try {
        resolve(assembly, psect, fixup);
      } catch (error) {
        if (!(error instanceof StatementError)) throw error;
        assembly.reportAt(error.ident, error.detail, fixup.statement);
      }
    }
  }
}

function resolve(assembly: Assembly, psect: Psect, fixup: Fixup): void {
  const { offset, size } = fixup;
  const target = fixup.kind === 'mask' ? entryMask(fixup.value) : evaluate(fixup.value);
  const after = (psect.base + offset + size) | 0;
  switch (fixup.kind) {
    case 'store': case 'address': case 'mask':
      if (!fits(target, size)) assembly.reportAt('DATATRUNC', '', fixup.statement);
      return psect.patch(offset, target, size);
    case 'literal':
      if (target < 0 || target > 63) assembly.reportAt('DATATRUNC', '', fixup.statement);
      return psect.patch(offset, target, 1);
    case 'displacement': case 'branch': {
      const distance = (target - after) | 0;
      if (!fitsSigned(distance, size)) {
        if (fixup.kind === 'branch') throw new StatementError('BRDESTRANG', `(by ${outOfRangeBy(distance, size)} bytes)`);
        assembly.reportAt('DATATRUNC', '', fixup.statement);
      }
      return psect.patch(offset, distance, size);
    }
    case 'general': {
      // Absolute targets keep their address wherever this section goes; others move with it.
      const isAbsolute = typeof simplify(fixup.value) === 'number';
      psect.patch(offset, isAbsolute ? 0x9f : 0xef, 1);
      return psect.patch(offset + 1, isAbsolute ? target : target - after, 4);
    }
  }
}

function entryMask(value: Value): number {
  const target = simplify(value);
  if (typeof target !== 'number' && target.kind === 'psect') {
    const bytes = target.psect.contents();
    return bytes[target.offset]! | bytes[target.offset + 1]! << 8;
  }
  throw new StatementError('UNDEFSYM', value !== target && typeof value !== 'number' && value.kind === 'symbol' ? value.symbol.name : '(entry mask)');
}
