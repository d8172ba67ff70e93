import { PAUSE, type Flow } from '../../src/executive/gate/microroutine.js';
import type { Environment } from '../../src/dcl/language/evaluate.js';
import type { Value } from '../../src/dcl/language/value.js';

/** Runs a flow that makes no calls. */
export function finish<T>(flow: Flow<T>): T {
  let step = flow.next(0);
  while (step.value === PAUSE) step = flow.next(0);
  if (!step.done) throw new Error('the flow wanted to call a procedure');
  return step.value;
}

/** An environment of given symbols, without lexical functions. */
export function fixedEnvironment(symbols: Readonly<Record<string, Value>>): Environment {
  return {
    symbol: (name) => symbols[name],
    *call(call) { throw new Error(`no lexical functions here: ${call.name}`); },
  };
}
