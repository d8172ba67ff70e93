import { SB } from '../executive/structures/device.js';
import { bytesToText, readCounted } from '../executive/structures/memory.js';
import { cellOf, heading, type Command } from './command.js';
import { hex, hex8, SdaError } from './error.js';
import { timeText } from './examine.js';
import { walkQueue } from './queue.js';
import { printable, type Session } from './session.js';

/*
 * VAXclusters and system communication services (SCS), as far as a node that is in no cluster and has no SCSLOA knows of them: its parameters, its
 * local system block, and list heads that lead nowhere. Structures of a real cluster are not taken apart.
 */

const WIDTH = 34;
const GAP = '    ';

/** `SHOW CLUSTER`: membership and parameters of this node; /SCS: the system blocks. */
export const SHOW_CLUSTER: Command = {
  name: 'SHOW CLUSTER',
  qualifiers: ['CSID', 'NODE', 'SCS'],
  takesNothing: true,
  help: ['SHOW CLUSTER [/SCS]', 'Whether the system is in a VAXcluster, and its cluster parameters.', '/SCS  the nodes as the system communication services know them'],
  *run(session, { qualifiers }) {
    const club = session.cell('CLU$GL_CLUB');
    if (qualifiers.has('SCS')) {
      yield* systemBlocks(session, qualifiers.get('NODE') ?? '');
      return;
    }
    if (club !== 0) throw new SdaError('E', 'NOTIMPL', `the cluster block at ${hex8(club)} cannot be shown`);
    if (qualifiers.has('CSID') || qualifiers.has('NODE')) throw new SdaError('E', 'NOTMEMBER', 'the system is not a member of a VAXcluster');
    yield* clusterHeading();
    yield 'The system is not a member of a VAXcluster';
    yield '';
    const word = (cell: string): string => String(session.memory.readWord(session.symbol(cell)));
    yield* columns([
      ['Node name', printable(bytesToText(session.memory.readBytes(session.symbol('SCS$GB_NODENAME'), 8)).replace(/\0/g, ' ')).trim()],
      ['SCS loaded', session.cell('SCS$GA_EXISTS') === 0 ? 'no' : 'yes'],
      ['VAXCLUSTER', String(session.memory.readByte(session.symbol('CLU$GB_VAXCLUSTER')))], ['Allocation class', String(session.cell('CLU$GL_ALLOCLS'))],
      ['Votes', word('CLU$GW_VOTES')], ['Quorum', word('CLU$GW_QUORUM')],
      ['Quorum disk votes', word('CLU$GW_QDSKVOTES')], ['Reconnect interval', word('CLU$GW_RECNXINT')],
      ['Lock directory weight', word('CLU$GW_LCKDIRWT')], ['Cluster vector (CLUSVEC)', hex8(session.cell('CLU$GL_CLUSVEC'))],
    ]);
  },
};

/** A display of SCS that hangs on one list head: what is said when there is none. */
function scsCommand(keyword: string, qualifiers: readonly string[], cell: string, what: string): Command {
  return {
    name: `SHOW ${keyword}`,
    qualifiers,
    takesNothing: true,
    help: [`SHOW ${keyword}`, `The ${what} of the system communication services: none without SCSLOA.`],
    *run(session) {
      const list = session.cell(cell);
      if (list !== 0) throw new SdaError('E', 'NOTIMPL', `the ${what} at ${hex8(list)} cannot be shown`);
      yield* clusterHeading();
      yield `There are no ${what}: ${cell} is 0, SCSLOA is not loaded`;
    },
  };
}

/** `SHOW CONNECTIONS`, `SHOW PORTS`, `SHOW RSPID`. */
export const SHOW_CONNECTIONS = scsCommand('CONNECTIONS', ['ADDRESS', 'NODE', 'SYSAP'], 'SCS$GL_CDL', 'connection descriptors');
export const SHOW_PORTS = scsCommand('PORTS', ['ADDRESS'], 'SCS$GL_PDT', 'port descriptors');
export const SHOW_RSPID = scsCommand('RSPID', ['CONNECTION'], 'SCS$GL_RDT', 'response descriptors');

function clusterHeading(): string[] {
  return heading('VAXcluster data structures');
}

function* columns(pairs: readonly (readonly [string, string])[]): Generator<string> {
  for (let at = 0; at < pairs.length; at += 2) yield `${cellOf(...pairs[at]!, WIDTH)}${GAP}${cellOf(...pairs[at + 1]!, WIDTH)}`.trimEnd();
}

/** The list of system blocks, SCS$GQ_CONFIG. */
function* systemBlocks(session: Session, node: string): Generator<string> {
  const { elements, problem } = walkQueue(session, session.symbol('SCS$GQ_CONFIG'), false);
  const named = elements.map((address) => ({ address, name: printable(readCounted(session.memory, address + SB.offset.SB$T_NODENAME).slice(0, 15)) }));
  const shown = named.filter(({ name }) => node === '' || name === node.toUpperCase());
  if (problem === undefined && shown.length === 0) throw new SdaError('E', 'NOSUCHNODE', `no system block has the node name ${node.toUpperCase()}`);
  yield* clusterHeading();
  for (const { address, name } of shown) {
    const sb = SB.read(session.memory, address);
    const text = (bytes: Uint8Array): string => printable(bytesToText(bytes).replace(/\0/g, ' ')).trim();
    const high = session.memory.readWord(address + SB.offset.SB$T_SYSTEMID + 4);
    yield `${`--- ${name} System Block (SB) ${hex8(address)} ---`.padStart(56)}`;
    yield '';
    yield* columns([
      ['System ID', `${hex(high, 4)}${hex8(session.memory.readLong(address + SB.offset.SB$T_SYSTEMID))}`], ['Software type', `${text(sb.SB$T_SWTYPE)} ${text(sb.SB$T_SWVERS)}`],
      ['Max message size', String(sb.SB$W_MAXMSG)], ['Hardware type', text(sb.SB$T_HWTYPE)],
      ['Max datagram size', String(sb.SB$W_MAXDG)], ['DDB list', hex8(sb.SB$L_DDB)],
      ['Path blocks', walkQueue(session, address + SB.offset.SB$L_PBFL, false).elements.length === 0 ? 'none' : hex8(sb.SB$L_PBFL)], ['Cluster block (CSB)', hex8(sb.SB$L_CSB)],
    ]);
    yield `Incarnation  ${timeText(sb.SB$Q_SWINCARN)}`;
    yield '';
  }
  if (problem !== undefined) yield `%SDA-E-BADQUEUE, ${problem}`;
}
