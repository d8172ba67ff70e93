import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import { deviceListHead } from '../io/device-names.js';
import type { Kernel } from '../kernel.js';
import { DEV$M_MBX } from '../starlet/devdef.js';
import { CRB, DDB, DDT, IDB, VEC } from '../structures/device.js';
import { UCB } from '../structures/ucb.js';

/** The steps of EXE$INIT_DEVICE (powerfail.mar). IPL 31. @source book 26.2.3; digest ch26 2.4 */

type Unit = ReturnType<typeof UCB.at>;

function* units(k: Kernel): Generator<Unit, void, undefined> {
  for (let ddb = k.readLong(deviceListHead(k)); ddb !== 0; ddb = DDB.at(k, ddb).DDB$L_LINK) {
    for (let ucb = DDB.at(k, ddb).DDB$L_UCB; ucb !== 0; ucb = UCB.at(k, ucb).UCB$L_LINK) yield UCB.at(k, ucb);
  }
}

/** Every unit but mailboxes, of which by its characteristics the null device is one. */
function markUnits(k: Kernel): void {
  for (const unit of units(k)) if ((unit.UCB$L_DEVCHAR & DEV$M_MBX) === 0) unit.UCB$V_POWER = 1;
}

/** The controller of a DDB: its first unit's; one that has no unit yet is remembered in DDB$L_CONLINK (io/disk-units.ts). */
function controllerOf(k: Kernel, ddb: number): number {
  const first = DDB.at(k, ddb).DDB$L_UCB;
  return first === 0 ? DDB.at(k, ddb).DDB$L_CONLINK : UCB.at(k, first).UCB$L_CRB;
}

/** Its control register, 0 for those that have none. */
function csrOf(k: Kernel, idb: number): number {
  return idb === 0 ? 0 : IDB.at(k, idb).IDB$L_CSR;
}

function nextController(k: Kernel): void {
  const cursor = k.register(14);
  const reached = k.readLong(cursor);
  const ddb = reached === 0 ? k.readLong(deviceListHead(k)) : DDB.at(k, reached).DDB$L_LINK;
  if (ddb === 0) {
    k.jump(k.symbol('PWR_DEVICES_DONE'));
    return;
  }
  k.writeLong(cursor, ddb);
  const crb = controllerOf(k, ddb);
  const transfer = crb === 0 ? undefined : VEC.at(k, crb + CRB.offset.CRB$L_INTD);
  const idb = transfer?.VEC$L_IDB ?? 0;
  k.setRegister(4, csrOf(k, idb));
  k.setRegister(5, idb);
  k.setRegister(6, ddb);
  k.setRegister(8, crb);
  k.setRegister(0, (transfer?.VEC$L_INITIAL ?? 0) || k.symbol('PWR_NO_ROUTINE'));
}

/** R0 the status of the controller's routine. */
function controllerDone(k: Kernel): void {
  const cursor = k.register(14);
  const first = DDB.at(k, k.readLong(cursor)).DDB$L_UCB;
  k.writeLong(cursor + 4, (k.register(0) & 1) !== 0 ? first : 0);
}

function nextUnit(k: Kernel): void {
  const cursor = k.register(14) + 4;
  const address = k.readLong(cursor);
  if (address === 0) {
    k.jump(k.symbol('PWR_CONTROLLERS'));
    return;
  }
  const unit = UCB.at(k, address);
  k.writeLong(cursor, unit.UCB$L_LINK);
  const transfer = VEC.at(k, unit.UCB$L_CRB + CRB.offset.CRB$L_INTD);
  k.setRegister(4, csrOf(k, transfer.VEC$L_IDB));
  k.setRegister(5, address);
  k.setRegister(0, DDT.at(k, unit.UCB$L_DDT).DDT$L_UNITINIT || transfer.VEC$L_UNITINIT || k.symbol('PWR_NO_ROUTINE'));
}

/** A driver that waits for its device waits in vain: EXE$TIMEOUT is to call it as soon as it can. */
function expireUnits(k: Kernel): void {
  for (const unit of units(k)) {
    if (unit.UCB$V_INT === 0 && unit.UCB$V_TIM === 0) continue;
    unit.UCB$V_INT = 0;
    unit.UCB$V_TIM = 1;
    unit.UCB$L_DUETIM = 0;
  }
}

export const DEVICE_RECOVERY_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('PWR_MARK_UNITS', markUnits), inlineRoutine('PWR_NEXT_CONTROLLER', nextController),
  inlineRoutine('PWR_CONTROLLER_DONE', controllerDone), inlineRoutine('PWR_NEXT_UNIT', nextUnit), inlineRoutine('PWR_EXPIRE_UNITS', expireUnits),
];
