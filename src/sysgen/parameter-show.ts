import { MAJOR_PARAMETERS, PARAMETERS, valueText, type Parameter } from '../executive/boot/parameters.js';

/** What SHOW of SYSGEN and of SYSBOOT shows. @source dcl-output-formats.md, SYSGEN; book 25.5 (flags of a parameter and their SHOW switches) */

const GROUPS = ['ACP', 'CLUSTER', 'GEN', 'JOB', 'LGI', 'PQL', 'RMS', 'SCS', 'SPECIAL', 'SYS', 'TTY'] as const;
const SWITCHES = [...GROUPS, 'ALL', 'DYNAMIC', 'MAJOR', 'NAMES', 'HEX'] as const;
type Switch = (typeof SWITCHES)[number];

export interface Selection {
  readonly listed: readonly Parameter[];
  /** Only their names. */
  readonly names: boolean;
  readonly hexadecimal: boolean;
}

function switchOf(text: string): Switch | undefined {
  const exact = SWITCHES.find((candidate) => candidate === text);
  const found = exact ? [exact] : SWITCHES.filter((candidate) => text.length > 0 && candidate.startsWith(text));
  return found.length === 1 ? found[0] : undefined;
}

/**
 * The parameters that qualifiers choose, in the order of the table: those that fit each of them, all without one.
 *
 * @returns undefined when a qualifier is unknown or ambiguous
 */
export function selection(qualifiers: readonly string[]): Selection | undefined {
  let listed: readonly Parameter[] = PARAMETERS.filter((parameter) => !parameter.isHidden);
  let names = false;
  let hexadecimal = false;
  for (const qualifier of qualifiers) {
    const which = switchOf(qualifier);
    if (which === undefined) return undefined;
    if (which === 'NAMES') names = true;
    else if (which === 'HEX') hexadecimal = true;
    else listed = listed.filter((parameter) => belongs(parameter, which));
  }
  return { listed, names, hexadecimal };
}

function belongs(parameter: Parameter, which: Switch): boolean {
  if (which === 'ALL') return parameter.group !== 'SPECIAL';
  if (which === 'DYNAMIC') return parameter.dynamic;
  return which === 'MAJOR' ? MAJOR_PARAMETERS.has(parameter.name) : parameter.group === which;
}

export const HEADING = [
  'Parameter Name            Current    Default     Min.     Max.     Unit  Dynamic',
  '--------------            -------    -------    -------  -------   ----  -------',
];

/** One line; values may be hexadecimal, texts stand in quotation marks. A limit that is none is -1. */
export function parameterLine(parameter: Parameter, current: number, hexadecimal: boolean): string {
  const { name, unit, dynamic } = parameter;
  const { characters } = parameter;
  const text = (value: number): string => characters !== undefined ? `"${valueText(value, characters).padEnd(characters)}"` : hexadecimal ? (value >>> 0).toString(16).toUpperCase().padStart(8, '0') : String(value === 0xffff_ffff ? -1 : value);
  const values = `${text(current).padStart(10)}${text(parameter.default).padStart(11)}${(characters === undefined ? text(parameter.minimum) : `"${' '.repeat(characters)}"`).padStart(10)}${(characters === undefined ? text(parameter.maximum) : `"${'Z'.repeat(characters)}"`).padStart(10)}`;
  const left = `${name.padEnd(23)}${values} ${unit}`;
  return dynamic ? `${left.padEnd(75)} D` : left;
}
