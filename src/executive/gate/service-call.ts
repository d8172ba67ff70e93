import { SERVICE_ARGUMENTS, serviceVector } from '../starlet/service-table.js';
import type { Flow } from './microroutine.js';
import type { Procedure } from './procedure.js';

type Arguments<Name extends keyof typeof SERVICE_ARGUMENTS> =
  { readonly [Argument in (typeof SERVICE_ARGUMENTS)[Name][number]]?: number };

/**
 * Calls a system service through its P1 vector, as any image does.
 *
 * @param name  '$QIOW' and so on (book, Table 9-1)
 * @param args  by argument name; those left out are passed as zero
 * @returns R0, the condition value
 */
export function* service<Name extends keyof typeof SERVICE_ARGUMENTS>(_p: Procedure, name: Name, args: Arguments<Name>): Flow<number> {
  const given = args as Readonly<Record<string, number | undefined>>;
  const names: readonly string[] = SERVICE_ARGUMENTS[name];
  const list = new Array<number>(names.length);
  for (let index = 0; index < names.length; index += 1) list[index] = given[names[index]!] ?? 0;
  return (yield { target: serviceVector(name), args: list }) >>> 0;
}
