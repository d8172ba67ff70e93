import { SERVICES, VECTOR_BASE, type Service } from '../starlet/service-table.js';

/**
 * MACRO text of the system service vectors: what lies at S0 80000000 and, the same pages, at P1 7FFEDE00. Fixed addresses: an image keeps
 * the ones it was linked with. SYS$ symbols are P1 addresses.
 * @source book 9.2, 9.3.6, 9.3.7; digest ch09 1.1, 2.7, 2.8
 */

/** Registers every vector saves, as EXE$name does: ^M<R2,...,R11>. */
const MASK = '^X0FFC';
const PAGES = 5;

/** `offset` of a vector in the pages. */
function vectorLines(service: Service, implemented: ReadonlySet<string>): string[] {
  const { name, kind, code } = service;
  const label = `VEC_${name.slice(1)}:`;
  const at = `	. = SYS_VECTORS+${service.vector - VECTOR_BASE}`;
  switch (kind) {
    case 'kernel':
      return [at, label, `	.WORD	${MASK}`, `	CHMK	I^#${code}`, '	RET'];
    case 'executive':
    case 'rmsPlain':
      return [at, label, `	.WORD	${MASK}`, `	CHME	I^#${code}`, '	RET'];
    case 'caller':
      return [at, label, `	.WORD	${MASK}`, `	JMP	@#${implemented.has(name) ? `EXE${name}` : 'EXE$NOT_WRITTEN'}+2`];
    case 'rms':
      return [at, label, `	.WORD	${MASK}`, `	CHME	I^#${code}`, '	BRB	RMS_STALL_n'];
    default:
      return [];
  }
}
void PAGES;
void vectorLines;
