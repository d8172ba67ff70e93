import { CRB, DDB, DDT, DPT, IDB, VEC } from '../executive/structures/device.js';
import { IRP } from '../executive/structures/irp.js';
import { bytesToText, readCounted } from '../executive/structures/memory.js';
import { ORB } from '../executive/structures/orb.js';
import { DC$_DISK } from '../executive/starlet/dcdef.js';
import { UCB } from '../executive/structures/ucb.js';
import { VCB } from '../executive/structures/volume.js';
import { driverTables } from './drivers.js';
import { cellOf, heading, type Command } from './command.js';
import { hex, hex8, SdaError } from './error.js';
import { walkQueue } from './queue.js';
import { deviceName } from './process-parts.js';
import { printable, type Session } from './session.js';

const MAX_DEVICES = 4096;
const WIDTH = 24;

/** `SHOW DEVICE`: controllers, units, and their I/O requests, from IOC$GL_DEVLIST on. @source digest ch18 1.2, appE */
export const SHOW_DEVICE: Command = {
  name: 'SHOW DEVICE',
  qualifiers: ['ADDRESS', 'FULL'],
  help: ['SHOW DEVICE [name] [/ADDRESS=ucb]', 'All controllers; or the units whose name begins so, with their data structures and I/O requests.',
    'Defines UCB, DDB, CRB, IDB, DDT, ORB, IRP, VCB for the last unit shown.'],
  *run(session, { qualifiers, rest }) {
    const address = qualifiers.get('ADDRESS');
    if (address !== undefined && address !== '') {
      yield* unitLines(session, session.evaluate(address));
      return;
    }
    const wanted = rest.toUpperCase().replace(/:$/, '').replace(/^_/, '');
    if (wanted === '') {
      yield* controllerTable(session);
      return;
    }
    let found = 0;
    for (const ucb of units(session)) {
      const name = deviceName(session, ucb).replace(/:$/, '');
      if (!name.startsWith(wanted)) continue;
      found += 1;
      yield* unitLines(session, ucb);
      yield '';
    }
    if (found === 0) throw new SdaError('E', 'NOSUCHDEV', `no such device: ${wanted}`);
  },
};

/** DDBs of the I/O database. */
function* controllers(session: Session): Generator<number> {
  let count = 0;
  for (let ddb = session.cell('IOC$GL_DEVLIST'); ddb !== 0 && count < MAX_DEVICES; ddb = DDB.read(session.memory, ddb).DDB$L_LINK, count += 1) yield ddb;
}

function* unitsOf(session: Session, ddb: number): Generator<number> {
  let count = 0;
  for (let ucb = DDB.read(session.memory, ddb).DDB$L_UCB; ucb !== 0 && count < MAX_DEVICES; ucb = UCB.read(session.memory, ucb).UCB$L_LINK, count += 1) yield ucb;
}

/** UCBs of all units. */
export function* units(session: Session): Generator<number> {
  for (const ddb of controllers(session)) yield* unitsOf(session, ddb);
}

function* controllerTable(session: Session): Generator<string> {
  yield* heading('I/O data structures');
  yield* heading('DDB list');
  yield 'Address   Controller  ACP      Driver         DPT       DPT size  Units';
  yield '--------  ----------  -------  -------------  --------  --------  -----';
  const { memory } = session;
  const drivers = driverTables(session);
  for (const ddb of controllers(session)) {
    const name = printable(readCounted(memory, ddb + DDB.offset.DDB$T_NAME).slice(0, 15));
    const driver = printable(readCounted(memory, ddb + DDB.offset.DDB$T_DRVNAME).slice(0, 15));
    const acp = printable(String.fromCharCode(...memory.readBytes(ddb + DDB.offset.DDB$L_ACPD, 3))).replace(/\.+$/, '');
    const dpt = drivers.get(driver);
    yield [hex8(ddb), name.padEnd(10), acp.padEnd(7), driver.padEnd(13), dpt === undefined ? '        ' : hex8(dpt),
      (dpt === undefined ? '' : hex(DPT.read(memory, dpt).DPT$W_SIZE, 4)).padEnd(8), String([...unitsOf(session, ddb)].length).padStart(5)].join('  ');
  }
}

function bitNames(structure: Pick<typeof UCB, 'bits'>, field: string, value: number): string {
  return structure.bits.filter((bit) => bit.field === field && (value >>> bit.bit) & 1).map((bit) => bit.name.replace(/^.*\$V_/, '')).join(',');
}

function* unitLines(session: Session, ucb: number): Generator<string> {
  const { memory, symbols } = session;
  const view = UCB.read(memory, ucb);
  const waiting = walkQueue(session, ucb + UCB.offset.UCB$L_IOQFL, false, MAX_DEVICES);
  const name = deviceName(session, ucb);
  for (const [symbol, value] of [['UCB', ucb], ['DDB', view.UCB$L_DDB], ['CRB', view.UCB$L_CRB], ['DDT', view.UCB$L_DDT], ['ORB', view.UCB$L_ORB],
    ['IRP', view.UCB$L_IRP], ['VCB', view.UCB$L_VCB]] as const) symbols.setContext(symbol, value === 0 ? undefined : value);
  session.here = ucb;
  yield* heading(`${name.padEnd(24)}UCB address:  ${hex8(ucb)}`);
  yield `Device status:   ${hex8(view.UCB$L_STS)} ${bitNames(UCB, 'UCB$L_STS', view.UCB$L_STS)}`.trimEnd();
  yield `Characteristics: ${hex8(view.UCB$L_DEVCHAR)} ${hex8(view.UCB$L_DEVCHAR2)}`;
  yield '';
  const owner = view.UCB$L_ORB !== 0 && memory.has(view.UCB$L_ORB) ? ORB.read(memory, view.UCB$L_ORB).ORB$L_OWNER : 0;
  const cells: readonly (readonly [string, string])[] = [
    ['Owner UIC', `[${(owner >>> 16).toString(8).padStart(6, '0')},${(owner & 0xffff).toString(8).padStart(6, '0')}]`],
    ['Operation count', String(view.UCB$L_OPCNT)], ['ORB address', hex8(view.UCB$L_ORB)],
    ['PID', hex8(view.UCB$L_PID)], ['Error count', String(view.UCB$W_ERRCNT)], ['DDB address', hex8(view.UCB$L_DDB)],
    ['Class/Type', `${hex(view.UCB$B_DEVCLASS, 2)}/${hex(view.UCB$B_DEVTYPE, 2)}`], ['Reference count', String(view.UCB$W_REFC)], ['DDT address', hex8(view.UCB$L_DDT)],
    ['Def. buf. size', String(view.UCB$W_DEVBUFSIZ)], ['BOFF', hex(view.UCB$W_BOFF, 4)], ['VCB address', hex8(view.UCB$L_VCB)],
    ['DEVDEPEND', hex8(view.UCB$L_DEVDEPEND)], ['Byte count', hex(view.UCB$W_BCNT, 4)], ['CRB address', hex8(view.UCB$L_CRB)],
    ['DEVDEPND2', hex8(view.UCB$L_DEVDEPND2)], ['SVAPTE', hex8(view.UCB$L_SVAPTE)], ['AMB address', hex8(view.UCB$L_AMB)],
    ['FLCK/DIPL', `${view.UCB$B_FIPL}/${view.UCB$B_DIPL}`], ['DEVSTS', hex(view.UCB$W_DEVSTS, 4)], ['I/O wait queue', waiting.elements.length === 0 ? 'empty' : hex8(waiting.elements[0]!)],
  ];
  for (let at = 0; at < cells.length; at += 3) yield cells.slice(at, at + 3).map(([label, value]) => cellOf(label, value, WIDTH)).join('   ').trimEnd();
  yield '';
  yield* requestLines(session, view, waiting);
  yield* driverLines(session, view.UCB$L_DDT);
  yield* controllerLines(session, view.UCB$L_CRB);
  if (view.UCB$B_DEVCLASS === DC$_DISK && view.UCB$L_VCB !== 0 && memory.has(view.UCB$L_VCB)) yield* volumeLines(session, view.UCB$L_VCB);
}

/** The request in progress and those that wait. */
function* requestLines(session: Session, view: ReturnType<typeof UCB.read>, waiting: ReturnType<typeof walkQueue>): Generator<string> {
  const current = view.UCB$V_BSY === 1 && view.UCB$L_IRP !== 0 ? [view.UCB$L_IRP] : [];
  if (current.length + waiting.elements.length === 0) {
    yield '*** I/O request queue is empty ***';
  } else {
    yield 'STATE     IRP       PID       MODE  CHAN  FUNC  WCB       EFN  AST       IOSB      STATUS';
    for (const [state, irps] of [['CURRENT', current], ['PENDING', waiting.elements]] as const) {
      for (const irp of irps) {
        const request = IRP.read(session.memory, irp);
        yield [state.padEnd(8), hex8(irp), hex8(request.IRP$L_PID), `  ${'KESU'[request.IRP$V_MODE]!} `, hex(request.IRP$W_CHAN, 4), hex(request.IRP$W_FUNC, 4),
          hex8(request.IRP$L_WIND), String(request.IRP$B_EFN).padStart(3), hex8(request.IRP$L_AST), hex8(request.IRP$L_IOSB),
          bitNames(IRP, 'IRP$W_STS', request.IRP$W_STS)].join('  ').trimEnd();
      }
    }
  }
  if (waiting.problem !== undefined) yield `%SDA-W-BADQUEUE, ${waiting.problem}`;
  yield '';
}

/** Where the driver's routines are. */
function* driverLines(session: Session, ddt: number): Generator<string> {
  if (ddt === 0 || !session.memory.has(ddt)) return;
  const view = DDT.read(session.memory, ddt);
  yield `Driver dispatch table (DDT) ${hex8(ddt)}`;
  for (const [label, address] of [['Start I/O', view.DDT$L_START], ['Cancel I/O', view.DDT$L_CANCEL], ['Unit initialization', view.DDT$L_UNITINIT],
    ['Alternate start I/O', view.DDT$L_ALTSTART], ['Function decision table', view.DDT$L_FDT]] as const) {
    yield `    ${label.padEnd(24)} ${hex8(address)}   ${session.symbols.symbolize(address) ?? ''}`.trimEnd();
  }
  yield '';
}

/** Channel request block and interrupt dispatch block: who owns the controller, and who waits for it. */
function* controllerLines(session: Session, crb: number): Generator<string> {
  if (crb === 0 || !session.memory.has(crb)) return;
  const { memory, symbols } = session;
  const view = CRB.read(memory, crb);
  const vector = VEC.read(memory, crb + CRB.offset.CRB$R_INTD);
  const waiting = walkQueue(session, crb + CRB.offset.CRB$L_WQFL, false, MAX_DEVICES);
  yield `Channel request block (CRB) ${hex8(crb)}   ${view.CRB$V_BSY ? 'busy' : 'not busy'}, ${view.CRB$W_REFC} unit${view.CRB$W_REFC === 1 ? '' : 's'}, ${waiting.elements.length} waiting`;
  if (waiting.problem !== undefined) yield `%SDA-W-BADQUEUE, ${waiting.problem}`;
  symbols.setContext('IDB', vector.VEC$L_IDB === 0 ? undefined : vector.VEC$L_IDB);
  if (vector.VEC$L_IDB !== 0 && memory.has(vector.VEC$L_IDB)) {
    const idb = IDB.read(memory, vector.VEC$L_IDB);
    const owner = idb.IDB$L_OWNER === 0 ? 'none' : hex8(idb.IDB$L_OWNER);
    yield `Interrupt dispatch block (IDB) ${hex8(vector.VEC$L_IDB)}   CSR ${hex8(idb.IDB$L_CSR)}   owner ${owner}   ${idb.IDB$W_UNITS} units at most`;
  }
  yield '';
}

/** The volume in a disk, from its volume control block. */
function* volumeLines(session: Session, vcb: number): Generator<string> {
  const view = VCB.read(session.memory, vcb);
  const cells: readonly (readonly [string, string])[] = [
    ['Volume', printable(bytesToText(view.VCB$T_VOLNAME)).trim()], ['Mount count', String(view.VCB$W_MCOUNT)], ['Transactions', String(view.VCB$W_TRANS)],
    ['Free blocks', String(view.VCB$L_FREE)], ['Cluster size', String(view.VCB$W_CLUSTER)], ['Max. files', String(view.VCB$L_MAXFILES)],
    ['Rsvd. files', String(view.VCB$B_RESFILES)], ['Def. extend size', String(view.VCB$W_EXTEND)], ['Window size', String(view.VCB$B_WINDOW)],
    ['Home LBN', String(view.VCB$L_HOMELBN)], ['Rel. volume', String(view.VCB$W_RVN)], ['AQB address', hex8(view.VCB$L_AQB)],
  ];
  yield `Volume control block (VCB) ${hex8(vcb)}   ${bitNames(VCB, 'VCB$B_STATUS', view.VCB$B_STATUS)}`.trimEnd();
  yield '';
  for (let at = 0; at < cells.length; at += 3) yield cells.slice(at, at + 3).map(([label, value]) => cellOf(label, value, WIDTH)).join('   ').trimEnd();
  yield '';
}
