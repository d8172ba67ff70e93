import { callRoutine } from '../executive/gate/microroutine.js';
import { IOC$SCAN_IODB } from '../executive/io/device-names.js';
import type { Kernel } from '../executive/kernel.js';
import { SS$_ACCVIO, SS$_BUFFEROVF, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { CRB, DDB, DPT, IDB, VEC } from '../executive/structures/device.js';
import { readCounted, textToBytes } from '../executive/structures/memory.js';
import { UCB } from '../executive/structures/ucb.js';

/**
 * SHOW/DEVICES and SHOW/CONFIGURATION of SYSGEN: drivers, and the I/O database that serves them. Users may not read it, so the lines are made
 * in kernel mode. choice: columns, by what is remembered of VMS's.
 */
const USER = 3;
const DEVICES = 1;

const hex = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, '0');

/** Units of each controller, in the order of the I/O database. */
function controllers(k: Kernel): Map<number, number[]> {
  const units = new Map<number, number[]>();
  for (const { ddb, ucb } of IOC$SCAN_IODB(k)) units.set(ddb, [...(units.get(ddb) ?? []), ucb]);
  return units;
}

const idbOf = (k: Kernel, crb: number): number => crb === 0 ? 0 : k.readLong(crb + CRB.offset.CRB$R_INTD + VEC.offset.VEC$L_IDB);
const nameOf = (k: Kernel, ddb: number): string => readCounted(k, ddb + DDB.offset.DDB$T_NAME);

function deviceLines(k: Kernel): string[] {
  const lines = ['', 'Driver______Start____End______Dev____DDB______CRB______IDB______Unit_UCB_____'];
  const units = controllers(k);
  for (const dpt of k.queueEntries(k.symbol('IOC$GL_DPTLIST'))) {
    const name = readCounted(k, dpt + DPT.offset.DPT$T_NAME);
    lines.push(`${name.padEnd(12)}${hex(dpt)} ${hex(dpt + DPT.at(k, dpt).DPT$W_SIZE)}`);
    for (const [ddb, ucbs] of units) {
      if (readCounted(k, ddb + DDB.offset.DDB$T_DRVNAME) !== name) continue;
      const crb = UCB.at(k, ucbs[0]!).UCB$L_CRB;
      lines.push(`${''.padEnd(30)}${nameOf(k, ddb).padEnd(7)}${hex(ddb)} ${hex(crb)} ${hex(idbOf(k, crb))}`);
      for (const ucb of ucbs) lines.push(`${''.padEnd(64)}${String(UCB.at(k, ucb).UCB$W_UNIT).padStart(4)} ${hex(ucb)}`);
    }
  }
  return lines;
}

/** Controllers with registers: name, units, where the registers are. */
function configurationLines(k: Kernel): string[] {
  const lines = ['', '                 System CSR and Vectors'];
  for (const [ddb, ucbs] of controllers(k)) {
    const idb = idbOf(k, UCB.at(k, ucbs[0]!).UCB$L_CRB);
    if (idb === 0 || IDB.at(k, idb).IDB$L_CSR === 0) continue;
    const { IDB$L_CSR: csr, IDB$B_VECTOR: vector } = IDB.at(k, idb);
    lines.push(`Name: ${nameOf(k, ddb).padEnd(5)} Units: ${String(ucbs.length).padEnd(4)} CSR: ${hex(csr)}   Vector1: ${(4 * vector).toString(8).padStart(3, '0')}   Vector2: 000`);
  }
  return lines;
}

/**
 * The lines, each a counted string, closed by a word of FFFF hex.
 *
 * Arguments: buffer, its size in bytes, 1 for devices and 2 for the configuration.
 * @returns SS$_NORMAL; SS$_BUFFEROVF; SS$_ACCVIO
 */
export const deviceReport = callRoutine('SYSGEN$DEVICES', (k) => {
  const [buffer, size] = [k.argument(1), k.argument(2)];
  if (!k.cpu.probe(buffer, size, USER, true)) return SS$_ACCVIO;
  const bytes: number[] = [];
  for (const line of k.argument(3) === DEVICES ? deviceLines(k) : configurationLines(k)) bytes.push(line.length, 0, ...textToBytes(line));
  bytes.push(0xff, 0xff);
  if (bytes.length > size) return SS$_BUFFEROVF;
  k.writeBytes(buffer, Uint8Array.from(bytes));
  return SS$_NORMAL;
});
