import { DDB, DDT, DPT, CRB } from '../executive/structures/device.js';
import { IRP } from '../executive/structures/irp.js';
import { readCounted } from '../executive/structures/memory.js';
import { ORB } from '../executive/structures/orb.js';
import { UCB } from '../executive/structures/ucb.js';
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
    'Defines UCB, DDB, CRB, DDT, ORB, IRP, VCB for the last unit shown.'],
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

function bitNames(structure: typeof UCB, field: string, value: number): string {
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
  yield* driverLines(session, view.UCB$L_DDT, view.UCB$L_CRB);
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
          bitNames(IRP as unknown as typeof UCB, 'IRP$W_STS', request.IRP$W_STS)].join('  ').trimEnd();
      }
    }
  }
  if (waiting.problem !== undefined) yield `%SDA-W-BADQUEUE, ${waiting.problem}`;
  yield '';
}

/** Where the driver's routines are, and what waits for the controller. */
function* driverLines(session: Session, ddt: number, crb: number): Generator<string> {
  if (ddt !== 0 && session.memory.has(ddt)) {
    const view = DDT.read(session.memory, ddt);
    yield `Driver dispatch table ${hex8(ddt)}`;
    for (const [label, address] of [['Start I/O', view.DDT$L_START], ['Cancel I/O', view.DDT$L_CANCEL], ['Unit initialization', view.DDT$L_UNITINIT],
      ['Alternate start I/O', view.DDT$L_ALTSTART], ['Function decision table', view.DDT$L_FDT]] as const) {
      yield `    ${label.padEnd(24)} ${hex8(address)}   ${session.symbols.symbolize(address) ?? ''}`.trimEnd();
    }
  }
  if (crb !== 0 && session.memory.has(crb)) yield `Controller ${CRB.read(session.memory, crb).CRB$V_BSY ? 'is' : 'is not'} busy`;
}
