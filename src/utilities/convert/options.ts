import { cliGetValue, cliIsPresent } from '../../dcl/cli-client.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { messageCode, report } from '../messages.js';

/** Qualifiers of CONVERT. @source DCL Dictionary, CONVERT */
export interface ConvertOptions {
  readonly append: boolean;
  readonly create: boolean;
  readonly exit: boolean;
  readonly fastLoad: boolean;
  readonly fillBuckets: boolean;
  readonly fixedControl: boolean;
  readonly key: number;
  readonly merge: boolean;
  /** Character that fills short records; undefined: they are exceptions. */
  readonly pad: number | undefined;
  readonly prolog: number;
  readonly share: boolean;
  readonly sort: boolean;
  readonly statistics: boolean;
  readonly truncate: boolean;
  /** File of exception records, '' none. */
  readonly exceptions: string;
}

/** `x`, %Xnn, %Onn, %Dnn. Undefined: neither. */
export function padCharacter(text: string): number | undefined {
  const plain = text.replace(/^"(.*)"$/, '$1');
  const [, radix, digits] = /^%([XOD])([0-9A-F]+)$/i.exec(plain) ?? [];
  if (radix !== undefined) {
    const value = Number.parseInt(digits!, radix.toUpperCase() === 'X' ? 16 : radix.toUpperCase() === 'O' ? 8 : 10);
    return value <= 255 ? value : undefined;
  }
  return plain.length === 1 ? plain.charCodeAt(0) : undefined;
}

/** The options, or the status of the message that says what is wrong with them. */
export function* convertOptions(p: Procedure): Flow<ConvertOptions | number> {
  const flag = (name: string): Flow<boolean> => cliIsPresent(p, name);
  const number = function* (name: string): Flow<number> { return Number((yield* cliGetValue(p, name)) ?? 0); };
  let pad: number | undefined;
  if (yield* flag('PAD')) {
    const text = yield* cliGetValue(p, 'PAD');
    pad = text === undefined ? 0 : padCharacter(text);
    if (pad === undefined) return yield* report(p, { code: messageCode('CONV$_BADPAD'), args: [text!] });
  }
  const hasExceptions = yield* flag('EXCEPTIONS_FILE');
  return {
    append: yield* flag('APPEND'), create: yield* flag('CREATE'), exit: yield* flag('EXIT'), fastLoad: yield* flag('FAST_LOAD'), fillBuckets: yield* flag('FILL_BUCKETS'),
    fixedControl: yield* flag('FIXED_CONTROL'), key: yield* number('KEY'), merge: yield* flag('MERGE'), pad, prolog: yield* number('PROLOG'), share: yield* flag('SHARE'),
    sort: yield* flag('SORT'), statistics: yield* flag('STATISTICS'), truncate: yield* flag('TRUNCATE'),
    exceptions: hasExceptions ? (yield* cliGetValue(p, 'EXCEPTIONS_FILE')) ?? 'SYS$OUTPUT' : '',
  };
}
