import { defaultParameters, PARAMETERS, startupName, startupValues, textValue, type Parameter } from '../executive/boot/parameters.js';
import { compileMessages } from '../executive/information/message-compiler.js';
import { HEADING, parameterLine, selection } from './parameter-show.js';
import SYSGEN_MESSAGE_SOURCE from './sysgen.msg';

/**
 * The commands on parameters that SYSGEN and SYSBOOT share: they work on a set of values and say what happened; where values come from
 * and where they go is their own.
 * @source book 25.5
 */
export interface ParameterSet {
  values: Record<string, number>;
  /** Where they came from: Active, Current, Default or a file. */
  source: string;
}

export const defaultSet = (): ParameterSet => ({ values: defaultParameters(), source: 'Default' });

/** A message of sysgen.msg: its name without the prefix, and its FAO arguments. */
export interface Complaint {
  readonly ident: string;
  readonly args: readonly string[];
}

const complain = (ident: string, ...args: readonly string[]): Complaint => ({ ident, args });
export const isComplaint = (result: object): result is Complaint => 'ident' in result;

const messages = compileMessages(SYSGEN_MESSAGE_SOURCE);

/** Code and text of a message of sysgen.msg. */
export function sysgenMessage(ident: string): { readonly code: number; readonly text: string } {
  const code = messages.symbols.get(`SYSGEN$_${ident}`);
  const message = messages.messages.find((each) => each.code === code);
  if (code === undefined || !message) throw new Error(`sysgen.msg has no ${ident}`);
  return { code, text: message.text };
}

export interface CommandLine {
  /** The verb; empty for a line without a command. */
  readonly verb: string;
  readonly words: readonly string[];
  readonly qualifiers: readonly string[];
}

/** A line in capitals, without its comment, in words; `=` separates them as a space does. */
export function splitLine(line: string): CommandLine {
  const text = line.replace(/!.*$/, '').trim().toUpperCase();
  const [verb = '', ...rest] = text.split(/[\s=]+|(?=\/)/).filter((word) => word !== '');
  return {
    verb, words: rest.filter((word) => !word.startsWith('/')), qualifiers: rest.filter((word) => word.startsWith('/')).map((word) => word.slice(1)),
  };
}

/** Keywords may be abbreviated. */
export const fits = (word: string, keyword: string): boolean => word.length > 0 && keyword.startsWith(word);

/** A parameter by its name or the beginning of it. */
function find(name: string): Parameter | Complaint {
  const exact = PARAMETERS.find((parameter) => parameter.name === name && !parameter.isHidden);
  const found = exact ? [exact] : PARAMETERS.filter((parameter) => fits(name, parameter.name) && !parameter.isHidden);
  return found.length === 1 ? found[0]! : complain(found.length === 0 ? 'NOPARAM' : 'AMBPARAM');
}

/** A decimal number, or one with a radix: %X, %O, %D. */
export function parseValue(text: string): number | undefined {
  const match = /^(?:%([XOD]))?(-?[0-9A-F]+)$/.exec(text);
  const radix = { X: 16, O: 8, D: 10 }[match?.[1] ?? 'D']!;
  const digits = { 16: /^-?[0-9A-F]+$/, 8: /^-?[0-7]+$/, 10: /^-?\d+$/ }[radix]!;
  return match && digits.test(match[2]!) ? Number.parseInt(match[2]!, radix) : undefined;
}

/** SET: a value within the parameter's limits. @returns what is to be said, undefined when the value was taken as it is */
export function setParameter(set: ParameterSet, name: string, text: string): Complaint | undefined {
  const parameter = find(name);
  if (isComplaint(parameter)) return parameter;
  if (parameter.characters !== undefined && !fits(text, 'DEFAULT')) return setText(set, parameter, text);
  const typed = fits(text, 'DEFAULT') ? parameter.default : parseValue(text);
  if (typed === undefined) return complain('SYNTAX');
  const value = typed === -1 && parameter.maximum === -1 ? LARGEST : typed;
  const limited = Math.max(parameter.minimum, Math.min(parameter.maximum === -1 ? LARGEST : parameter.maximum, value));
  set.values[parameter.name] = limited;
  return limited === value ? undefined : complain(limited > value ? 'SETMIN' : 'SETMAX', parameter.name);
}

/** A name: letters, digits, $ and _, with or without quotation marks. */
function setText(set: ParameterSet, parameter: Parameter, typed: string): Complaint | undefined {
  const text = typed.replace(/^"(.*)"$/, '$1').trim();
  if (!/^[A-Z0-9$_]*$/.test(text) || text.length > parameter.characters!) return complain('SYNTAX');
  set.values[parameter.name] = textValue(text, parameter.characters!);
  return undefined;
}

/** SET/STARTUP file: the procedure of the process STARTUP. */
export function setStartup(set: ParameterSet, name: string): Complaint | undefined {
  const values = /^[A-Z0-9$_:;.[\]<>-]+$/.test(name) ? startupValues(name) : undefined;
  if (!values) return complain('SYNTAX');
  Object.assign(set.values, values);
  return undefined;
}

const LARGEST = 0xffff_ffff;

/** SHOW: one parameter by name, or those that qualifiers choose. */
export function showParameters(set: ParameterSet, { words, qualifiers }: CommandLine): readonly string[] | Complaint {
  if (qualifiers.length === 1 && words.length === 0 && qualifiers[0]!.length > 2 && fits(qualifiers[0]!, 'STARTUP')) return [`Startup command file = ${startupName(set.values)}`];
  const chosen = selection(qualifiers);
  if (!chosen) return complain('SYNTAX');
  const [name] = words;
  const one = name === undefined ? undefined : find(name);
  if (one && isComplaint(one)) return one;
  const listed = one ? [one] : chosen.listed;
  if (chosen.names) return listed.map((parameter) => parameter.name);
  const lines = listed.map((parameter) => parameterLine(parameter, set.values[parameter.name]!, chosen.hexadecimal));
  return [...(one ? [] : ['', `Parameters in use: ${set.source}`]), ...HEADING, ...lines];
}

export { SYSGEN_MESSAGE_SOURCE };
