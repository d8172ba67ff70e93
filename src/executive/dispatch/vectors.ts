import { SERVICES, VECTOR_BASE, VECTOR_BASE_S0, VECTOR_FREE, VECTOR_LABELS, VECTOR_PAGES, type Service } from '../starlet/service-table.js';
import text from './vectors.mar';

/**
 * MACRO text of the system service vectors: the pages at S0 80000000 that are also at P1 7FFEDE00. It must come first in SYS.EXE, at the
 * start of a page. vectors.mar holds the code that vectors share; it lies in the free room between them.
 * @source book 9.2, 9.3.6, 9.3.7; digest ch09 1.1, 2.7, 2.8
 */

/** Room for RMS_CHECK_STALL, for the waits of synchronous services, and for entry points of the run-time library. */
const [STALL_ROOM, WAIT_ROOM, , LIBRARY_ROOM] = VECTOR_FREE.map(([offset]) => offset);
/** Islands on the way of RMS vectors to RMS_CHECK_STALL: a BRB reaches 128 bytes back and 127 on. */
const LOW_ISLAND = STALL_ROOM! + 0x40;
const HIGH_ISLAND = WAIT_ROOM!;
const LIBRARY_ENTRIES: readonly (readonly [name: string, mask: number])[] = [
  ['SIGNAL', 0], ['STOP', 0], ['PUT_COMMON', 0x00fc], ['GET_COMMON', 0x00fc], ['SET_SYMBOL', 0x0004], ['GET_SYMBOL', 0x0004], ['PAUSE', 0x0004],
];

type Piece = readonly [offset: number, lines: readonly string[]];

function reaches(from: number, to: number): boolean {
  const displacement = to - (from + 2);
  return displacement >= -128 && displacement <= 127;
}

const hex = (value: number): string => `^X${value.toString(16).toUpperCase()}`;
const entryMask = (service: Service): string => `	.WORD	${hex(service.mask)}`;
const changeMode = (service: Service): string => `	CHM${isExecutive(service) ? 'E' : 'K'}	I^#${service.code}`;

function isExecutive(service: Service): boolean {
  if (service.kind !== 'synchronous') return service.kind !== 'kernel';
  return SERVICES.some((other) => other.name === service.asynchronous && other.kind === 'executive');
}

/** The last instruction of an RMS vector: to an island, or through the BRB of another vector that reaches one. */
function branchToStall(service: Service, rms: readonly Service[]): string {
  const from = service.vectorOffset + 6;
  const island = [LOW_ISLAND, HIGH_ISLAND].find((place) => reaches(from, place));
  if (island !== undefined) return `	BRB	SYS_VECTORS+${hex(island)}`;
  const hop = rms.find((other) => reaches(from, other.vectorOffset + 6)
    && [LOW_ISLAND, HIGH_ISLAND].some((place) => reaches(other.vectorOffset + 6, place)));
  if (!hop) throw new Error(`the vector of ${service.name} cannot reach RMS_CHECK_STALL`);
  return `	BRB	SYS_VECTORS+${hex(hop.vectorOffset + 6)}`;
}

/** CHMx, then the wait: in the vector itself when there is room and the event flag is the first argument; else somewhere else. */
function synchronousPieces(service: Service, all: readonly Service[], elsewhere: string[]): Piece {
  const name = service.name.slice(1);
  if (service.asynchronous === undefined) {
    return [service.vectorOffset, [entryMask(service), '	MOVL	#1,R0', '	PUSHL	8(AP)', '	BRW	SYNCHRONIZE']];
  }
  const inPlace = (other: Service): boolean => other.size >= 16 && other.efnArgument === 1;
  if (inPlace(service)) {
    return [service.vectorOffset, [
      entryMask(service), changeMode(service), `SYNC_${name}:	BLBC	R0,10$`, `	PUSHL	${4 * service.statusArgument!}(AP)`, '	BRW	SYNCHRONIZE', '10$:	RET',
    ]];
  }
  const alike = all.find((other) => inPlace(other) && other.efnArgument === service.efnArgument && other.statusArgument === service.statusArgument
    && reaches(service.vectorOffset + 6, other.vectorOffset + 6));
  if (alike) return [service.vectorOffset, [entryMask(service), changeMode(service), `	BRB	SYNC_${alike.name.slice(1)}`]];
  elsewhere.push(
    `BODY_${name}:`, changeMode(service), '	BLBC	R0,10$', `	PUSHL	${4 * service.statusArgument!}(AP)`,
    `	PUSHL	${4 * service.efnArgument!}(AP)`, '	BRW	SYNCHRONIZE_LIST', '10$:	RET',
  );
  return [service.vectorOffset, [entryMask(service), `	JMP	@#${hex(VECTOR_BASE)}+<BODY_${name}-SYS_VECTORS>`]];
}

/**
 * @param implemented  names ('$FAO') of the services that have an entry point EXE$name; matters for those in the caller's mode
 */
export function vectorSource(implemented: ReadonlySet<string>): string {
  const rms = SERVICES.filter((service) => service.kind === 'rms');
  const synchronous = SERVICES.filter((service) => service.kind === 'synchronous');
  const elsewhere: string[] = [];
  const pieces: Piece[] = SERVICES.map((service): Piece => {
    const at = service.vectorOffset;
    switch (service.kind) {
      case 'kernel': case 'executive': case 'rmsPlain': return [at, [entryMask(service), changeMode(service), '	RET']];
      case 'caller': return [at, [entryMask(service), `	JMP	@#${implemented.has(service.name) ? `EXE${service.name}` : 'EXE$NOT_WRITTEN'}+2`]];
      case 'rms': return [at, [entryMask(service), changeMode(service), branchToStall(service, rms)]];
      case 'synchronous': return synchronousPieces(service, synchronous, elsewhere);
    }
  });
  const sections = text.split(/^;;; /m);
  const section = (name: string): string[] => [sections.find((part) => part.startsWith(name))!.slice(name.length)];
  const label = (name: string): number => VECTOR_LABELS[name]!;
  pieces.push(
    [label('SYS$CALL_HANDL') - VECTOR_BASE_S0, ['	CALLG	4(SP),(R1)', '	RSB']],
    [label('SYS$GL_ASTRET') - VECTOR_BASE, ['	.ADDRESS EXE$ASTRET', '	.ADDRESS CTL$GQ_COMMON']],
    [label('SYS$SRCHANDLER') - VECTOR_BASE, ['	JMP	@#EXE$SRCHANDLER']],
    [STALL_ROOM!, section('STALL')],
    [LOW_ISLAND, ['	BRW	RMS_CHECK_STALL']],
    [HIGH_ISLAND, ['	BRW	RMS_CHECK_STALL', ...section('WAIT'), ...elsewhere]],
    ...LIBRARY_ENTRIES.map(([name, mask], index): Piece => [LIBRARY_ROOM! + 8 * index, [`	.WORD	${hex(mask)}`, `	JMP	@#EXE$${name}+2`]]),
  );
  pieces.sort((one, other) => one[0] - other[0]);
  const codes = ['$WAITFR', '$CLREF', '$SETEF', '$SSVEXC'].map((name) => `${name.slice(1)}_CODE = ${SERVICES.find((service) => service.name === name)!.code}`);
  return [
    ...codes, 'SYS_VECTORS:',
    ...pieces.flatMap(([offset, lines]) => [`	. = SYS_VECTORS+${hex(offset)}`, `VEC_${offset.toString(16)}:`, ...lines]),
    `	. = SYS_VECTORS+${hex(VECTOR_PAGES * 512)}`,
    ...LIBRARY_ENTRIES.map(([name], index) => `LIB$${name} == ${hex(VECTOR_BASE + LIBRARY_ROOM! + 8 * index)}`),
    '',
  ].join('\n');
}
