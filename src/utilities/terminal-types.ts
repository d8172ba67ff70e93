import * as DC from '../executive/starlet/dcdef.js';
import * as T1 from '../executive/starlet/ttdef.js';
import * as T2 from '../executive/starlet/tt2def.js';

/** Terminal types: their codes, and what a terminal of the type can do. @source DCL Dictionary, SET TERMINAL/DEVICE_TYPE */

/** The two characteristics longwords. */
export interface Characteristics {
  readonly first: number;
  readonly second: number;
}

const VIDEO = T1.TT$M_SCOPE | T1.TT$M_LOWER | T1.TT$M_MECHTAB | T1.TT$M_TTSYNC;
const ANSI = T2.TT2$M_ANSICRT | T2.TT2$M_DECCRT;
/** Everything that a type decides. */
const DECIDED: Characteristics = {
  first: T1.TT$M_SCOPE | T1.TT$M_LOWER | T1.TT$M_MECHTAB | T1.TT$M_MECHFORM | T1.TT$M_EIGHTBIT,
  second: T2.TT2$M_ANSICRT | T2.TT2$M_DECCRT | T2.TT2$M_DECCRT2 | T2.TT2$M_AVO | T2.TT2$M_EDIT | T2.TT2$M_BLOCK | T2.TT2$M_REGIS | T2.TT2$M_DRCS | T2.TT2$M_PRINTER | T2.TT2$M_SIXEL,
};

const video = (second: number, first = 0): Characteristics => ({ first: VIDEO | first, second });
const paper = (first = 0): Characteristics => ({ first: T1.TT$M_LOWER | first, second: 0 });

interface TerminalType {
  readonly code: number;
  readonly has: Characteristics;
}

const TYPES: Readonly<Record<string, TerminalType>> = {
  UNKNOWN: { code: DC.DT$_TTYUNKN, has: { first: 0, second: 0 } },
  VT05: { code: DC.DT$_VT05, has: { first: T1.TT$M_SCOPE, second: 0 } }, VT52: { code: DC.DT$_VT52, has: video(0) }, VT55: { code: DC.DT$_VT55, has: video(0) },
  VT100: { code: DC.DT$_VT100, has: video(ANSI | T2.TT2$M_AVO) }, VT101: { code: DC.DT$_VT101, has: video(ANSI) },
  VT102: { code: DC.DT$_VT102, has: video(ANSI | T2.TT2$M_AVO | T2.TT2$M_EDIT | T2.TT2$M_PRINTER) }, VT105: { code: DC.DT$_VT105, has: video(ANSI) },
  VT125: { code: DC.DT$_VT125, has: video(ANSI | T2.TT2$M_AVO | T2.TT2$M_REGIS) }, VT131: { code: DC.DT$_VT131, has: video(ANSI | T2.TT2$M_AVO | T2.TT2$M_EDIT | T2.TT2$M_BLOCK) },
  VT132: { code: DC.DT$_VT132, has: video(ANSI | T2.TT2$M_AVO | T2.TT2$M_EDIT | T2.TT2$M_BLOCK) }, VT173: { code: DC.DT$_VT173, has: video(0) },
  VT200_SERIES: { code: DC.DT$_VT200_SERIES, has: video(ANSI | T2.TT2$M_DECCRT2 | T2.TT2$M_AVO | T2.TT2$M_EDIT | T2.TT2$M_PRINTER | T2.TT2$M_DRCS, T1.TT$M_EIGHTBIT) },
  PRO_SERIES: { code: DC.DT$_PRO_SERIES, has: video(ANSI | T2.TT2$M_AVO | T2.TT2$M_EDIT) },
  LA12: { code: DC.DT$_LA12, has: paper(T1.TT$M_MECHTAB) }, LA34: { code: DC.DT$_LA34, has: paper() }, LA36: { code: DC.DT$_LA36, has: paper() }, LA38: { code: DC.DT$_LA38, has: paper() },
  LA100: { code: DC.DT$_LA100, has: paper(T1.TT$M_MECHTAB) }, LA120: { code: DC.DT$_LA120, has: paper(T1.TT$M_MECHTAB | T1.TT$M_MECHFORM) }, LQP02: { code: DC.DT$_LQP02, has: paper(T1.TT$M_MECHTAB | T1.TT$M_MECHFORM) },
  ...Object.fromEntries([DC.DT$_FT1, DC.DT$_FT2, DC.DT$_FT3, DC.DT$_FT4, DC.DT$_FT5, DC.DT$_FT6, DC.DT$_FT7, DC.DT$_FT8].map((code, index) => [`FT${index + 1}`, { code, has: { first: 0, second: 0 } }])),
};

export const TERMINAL_TYPE_NAMES: readonly string[] = Object.keys(TYPES);

/** A type by its name or the beginning of it; undefined when there is none, or several. */
export function terminalType(name: string): TerminalType | undefined {
  const wanted = name.toUpperCase();
  const found = TYPES[wanted] ? [wanted] : TERMINAL_TYPE_NAMES.filter((candidate) => candidate.startsWith(wanted));
  return found.length === 1 ? TYPES[found[0]!] : undefined;
}

/** Characteristics of a terminal that has become one of the type. Those of an unknown or foreign type stay. */
export function asType({ has }: TerminalType, before: Characteristics): Characteristics {
  if (has.first === 0) return before;
  return { first: ((before.first & ~DECIDED.first) | has.first) >>> 0, second: ((before.second & ~DECIDED.second) | has.second) >>> 0 };
}

/** The type that an answer to the question "what are you" (ESC [ c, ESC Z) tells; undefined when it tells none. */
export function typeOfAnswer(answer: string): TerminalType | undefined {
  const primary = /\[\?(\d+)(?:;\d+)*c/.exec(answer)?.[1];
  const byNumber: Readonly<Record<string, string>> = { 1: 'VT100', 4: 'VT132', 6: 'VT102', 7: 'VT131', 12: 'VT125' };
  if (primary !== undefined) return TYPES[Number(primary) >= 60 ? 'VT200_SERIES' : byNumber[primary] ?? 'VT100'];
  return /\/[ABCHJKLZ]/.test(answer) ? TYPES.VT52 : undefined;
}

/** Codes of line speeds, TT$C_BAUD_n: the index. */
const SPEEDS = [0, 50, 75, 110, 134, 150, 300, 600, 1200, 1800, 2000, 2400, 3600, 4800, 7200, 9600, 19200] as const;

/** Code of a speed; 0 when there is none such. */
export function speedCode(baud: string): number {
  return Math.max(0, SPEEDS.findIndex((speed) => speed > 0 && String(speed) === baud));
}

export function baudOf(code: number): number {
  return SPEEDS[code] ?? 0;
}
