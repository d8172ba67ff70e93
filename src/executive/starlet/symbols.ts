import type { Structure } from '../structures/structure.js';
import * as brkdef from './brkdef.js';
import * as chfdef from './chfdef.js';
import * as chpdef from './chpdef.js';
import * as clidef from './clidef.js';
import * as climsgdef from './climsgdef.js';
import * as dcdef from './dcdef.js';
import * as devdef from './devdef.js';
import * as dscdef from './dscdef.js';
import * as dvidef from './dvidef.js';
import * as fabdef from './fabdef.js';
import * as fscndef from './fscndef.js';
import * as iodef from './iodef.js';
import * as jbcmsgdef from './jbcmsgdef.js';
import * as jpidef from './jpidef.js';
import * as lckdef from './lckdef.js';
import * as libdef from './libdef.js';
import * as lkidef from './lkidef.js';
import * as lnmdef from './lnmdef.js';
import * as mntdef from './mntdef.js';
import * as msgdef from './msgdef.js';
import * as namdef from './namdef.js';
import * as opcdef from './opcdef.js';
import * as pqldef from './pqldef.js';
import * as prcdef from './prcdef.js';
import * as prdef from './prdef.js';
import * as prtdef from './prtdef.js';
import * as prvdef from './prvdef.js';
import * as psldef from './psldef.js';
import * as rabdef from './rabdef.js';
import * as quidef from './quidef.js';
import * as rmsdef from './rmsdef.js';
import * as secdef from './secdef.js';
import * as sjcdef from './sjcdef.js';
import * as ssdef from './ssdef.js';
import * as strdef from './strdef.js';
import * as stsdef from './stsdef.js';
import * as syidef from './syidef.js';
import * as trmdef from './trmdef.js';
import * as tt2def from './tt2def.js';
import * as ttdef from './ttdef.js';
import * as uaidef from './uaidef.js';
import * as uicdef from './uicdef.js';
import * as xabdef from './xabdef.js';
import { serviceSymbol } from './service-table.js';

/** Every constant module; their numeric exports are the symbols. */
const MODULES: readonly Readonly<Record<string, unknown>>[] = [
  brkdef, chfdef, chpdef, clidef, climsgdef, dcdef, devdef, dscdef, dvidef, fabdef, fscndef, iodef, jbcmsgdef, jpidef, lckdef, libdef,
  lkidef, lnmdef, mntdef, msgdef, namdef, opcdef, pqldef, prcdef, prdef, prtdef, prvdef, psldef, quidef, rabdef, rmsdef, secdef, sjcdef, ssdef, strdef,
  stsdef, syidef, trmdef, tt2def, ttdef, uaidef, uicdef, xabdef,
];

/** User structures of RMS with the name of each, for the macro library. */
export const RMS_STRUCTURES: readonly (readonly [name: string, structure: Structure])[] = [
  ['FAB', fabdef.FAB], ['RAB', rabdef.RAB], ['NAM', namdef.NAM], ['XABDAT', xabdef.XABDAT], ['XABRDT', xabdef.XABRDT], ['XABPRO', xabdef.XABPRO],
  ['XABFHC', xabdef.XABFHC], ['XABALL', xabdef.XABALL], ['XABSUM', xabdef.XABSUM], ['XABKEY', xabdef.XABKEY], ['XABTRM', xabdef.XABTRM],
] as unknown as readonly (readonly [string, Structure])[];

function collect(): Map<string, number> {
  const table = new Map<string, number>();
  const define = (name: string, value: number): void => { if (!table.has(name)) table.set(name, value); };
  for (const module of MODULES) {
    for (const [name, value] of Object.entries(module)) if (typeof value === 'number' && name.includes('$')) define(name, value);
  }
  for (const [, structure] of RMS_STRUCTURES) {
    for (const field of structure.fields) define(field.name, field.offset);
    for (const bit of structure.bits) {
      define(bit.name, bit.bit);
      define(bit.name.replace('$V_', '$M_'), structure.mask[bit.name]!);
      define(bit.name.replace('$V_', '$S_'), bit.width);
    }
  }
  return table;
}

/** Name -> value of every STARLET constant and RMS field offset, without the service vectors. */
export const STARLET_SYMBOLS: ReadonlyMap<string, number> = collect();

/** Value of a public symbol: a constant, an offset in an RMS structure, or SYS$name (the vector); undefined when there is none. */
export function starletSymbol(name: string): number | undefined {
  return STARLET_SYMBOLS.get(name) ?? serviceSymbol(name);
}

const STATUS_MODULES: readonly Readonly<Record<string, unknown>>[] = [ssdef, rmsdef, climsgdef, libdef, strdef, jbcmsgdef];

/** Name of a status code for SDA and traces ('SS$_NOPRIV'), whatever its control bits; undefined when nobody defines it. */
export function statusName(status: number): string | undefined {
  const condition = status & stsdef.STS$M_COND_ID;
  for (const module of STATUS_MODULES) {
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === 'number' && ((value & stsdef.STS$M_COND_ID) === condition) && (value & 7) === (status & 7)) return name;
    }
  }
  return undefined;
}
