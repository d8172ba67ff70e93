import { JIB } from '../executive/structures/jib.js';
import { bytesToText } from '../executive/structures/memory.js';
import { PCB } from '../executive/structures/pcb.js';
import { PHD } from '../executive/structures/phd.js';
import { SCH$C_CUR } from '../executive/structures/sch.js';
import { cellOf, heading, type Command } from './command.js';
import { hex, hex8, SdaError } from './error.js';
import { pslLines } from './examine.js';
import { processPageTables } from './page-lines.js';
import { imageName } from './mapped-images.js';
import { channelLines, imageLines } from './process-parts.js';
import { sectionTableLines, workingSetLines } from './process-working-set.js';
import { registerLines } from './show-crash.js';
import { locksOf } from './show-lock.js';
import { rmsLines } from './show-rms.js';
import { externalPriority, printable, processName, REGISTERS, stateName, type PcbView, type Session } from './session.js';

const WIDTH = 33;
const GAP = '    ';

/** `SHOW SUMMARY`: a line a process. */
export const SHOW_SUMMARY: Command = {
  name: 'SHOW SUMMARY',
  qualifiers: ['IMAGE'],
  takesNothing: true,
  help: ['SHOW SUMMARY [/IMAGE]', 'All processes: extended PID, index, name, user, state, priority, PCB, PHD, working set.', '/IMAGE  and the image each is running'],
  *run(session, { qualifiers }) {
    yield* heading('Current process summary');
    yield 'Extended Indx Process name    Username    State   Pri   PCB      PHD     Wkset';
    yield '-- PID -- ---- --------------- ----------- ------- --- -------- -------- ------';
    const viewed = qualifiers.has('IMAGE') ? session.viewedPcb : 0;
    for (const [index, address] of session.processes()) {
      yield* guarded(() => {
        const line = summaryLine(session, index, session.pcbView(address));
        if (!qualifiers.has('IMAGE')) return [line];
        session.view(address);
        const name = imageName(session);
        return name === '' ? [line] : [line, `              ${name}`];
      }, hex8(address));
    }
    if (viewed !== 0) session.view(viewed);
  },
};

/** Lines about a process; one that cannot be read does not keep the others from being shown. */
function* guarded(lines: () => Iterable<string>, what: string): Generator<string> {
  try {
    yield* lines();
  } catch (error) {
    if (!(error instanceof SdaError)) throw error;
    yield `${what}  (${error.message})`;
  }
}

function summaryLine(session: Session, index: number, pcb: PcbView): string {
  const resident = pcb.PCB$V_PHDRES === 1 || pcb.PCB$V_RES === 1;
  return [
    ` ${hex8(pcb.PCB$L_EPID)}`, hex(index, 4), processName(session.memory, pcb.address).padEnd(15), userName(session, pcb).padEnd(11),
    ` ${stateName(pcb)}`.padEnd(7), String(externalPriority(pcb.PCB$B_PRI)).padStart(3), hex8(pcb.address),
    resident ? hex8(pcb.PCB$L_PHD) : '--swap--', String(pcb.PCB$W_PPGCNT + pcb.PCB$W_GPGCNT).padStart(6),
  ].join(' ').trimEnd();
}

/** User name of a process's job; '' for the system's own processes, which have no job. */
export function userName(session: Session, pcb: PcbView): string {
  return pcb.PCB$L_JIB === 0 ? '' : printable(bytesToText(JIB.read(session.memory, pcb.PCB$L_JIB).JIB$T_USERNAME)).trim();
}

const PARTS = ['ALL', 'CHANNEL', 'IMAGES', 'LOCKS', 'P0', 'P1', 'PAGE_TABLES', 'PCB', 'PHD', 'PROCESS_SECTION_TABLE', 'REGISTERS', 'RMS', 'WORKING_SET'] as const;

/** `SHOW PROCESS`: a process from its PCB, PHD, page tables and P1 space. */
export const SHOW_PROCESS: Command = {
  name: 'SHOW PROCESS',
  qualifiers: [...PARTS, 'INDEX', 'ID', 'SYSTEM'],
  help: ['SHOW PROCESS [/part...] [ALL | name | /INDEX=n | /ID=n]', 'A process (default: the one in view), which becomes the one in view.',
    'Parts: /PCB (default) /PHD /REGISTERS /WORKING_SET /CHANNEL /IMAGES /PAGE_TABLES [/P0 /P1] /PROCESS_SECTION_TABLE /LOCKS /RMS /ALL'],
  *run(session, { qualifiers, rest }) {
    if (rest.toUpperCase() === 'ALL') {
      const viewed = session.viewedPcb;
      for (const [, pcb] of session.processes()) {
        yield* guarded(function* () {
          session.view(pcb);
          yield* processLines(session, qualifiers);
        }, hex8(pcb));
        yield '';
      }
      session.view(viewed);
      return;
    }
    const chosen = chooseProcess(session, qualifiers, rest);
    if (chosen !== undefined) session.view(chosen);
    yield* processLines(session, qualifiers);
  },
};

/** `SET PROCESS`: which process addresses below 80000000, registers and stacks belong to. */
export const SET_PROCESS: Command = {
  name: 'SET PROCESS',
  qualifiers: ['INDEX', 'ID', 'SYSTEM'],
  help: ['SET PROCESS name | /INDEX=n | /ID=n', 'Puts a process in view: its P0 and P1 space, registers, stacks.'],
  *run(session, { qualifiers, rest }) {
    const chosen = chooseProcess(session, qualifiers, rest);
    if (chosen === undefined) throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply a process');
    session.view(chosen);
  },
};

/** PCB of the process a command names; undefined when it names none. @throws SdaError BADPROC */
function chooseProcess(session: Session, qualifiers: ReadonlyMap<string, string>, rest: string): number | undefined {
  if (qualifiers.has('SYSTEM')) return session.symbol('MMG$AL_SYSPCB');
  const number = qualifiers.get('INDEX') ?? qualifiers.get('ID');
  if (number === '') throw new SdaError('E', 'VALREQ', 'missing qualifier or keyword value - supply all required values', qualifiers.has('INDEX') ? '/INDEX' : '/ID');
  if (number !== undefined) {
    const value = session.evaluate(number);
    return processWhere(session, (index, pcb) => index === value || session.pcbView(pcb).PCB$L_EPID === value || session.pcbView(pcb).PCB$L_PID === value);
  }
  if (rest === '') return undefined;
  const wanted = rest.startsWith('"') ? rest.replace(/^"|"$/g, '') : rest.toUpperCase();
  return processWhere(session, (_index, pcb) => processName(session.memory, pcb) === wanted);
}

/** The first process that fits, passing over those that cannot be read. @throws SdaError BADPROC */
function processWhere(session: Session, fits: (index: number, pcb: number) => boolean): number {
  for (const [index, pcb] of session.processes()) {
    try {
      if (fits(index, pcb)) return pcb;
    } catch (error) {
      if (!(error instanceof SdaError)) throw error;
    }
  }
  throw new SdaError('E', 'BADPROC', 'no such process');
}

function* processLines(session: Session, qualifiers: ReadonlyMap<string, string>): Generator<string> {
  const pcb = session.pcbView(session.viewedPcb);
  const index = pcb.PCB$L_PID & 0xffff;
  yield* heading(`Process index: ${hex(index, 4)}   Name: ${processName(session.memory, pcb.address)}   Extended PID: ${hex8(pcb.PCB$L_EPID)}`);
  const all = qualifiers.has('ALL');
  const wants = (part: (typeof PARTS)[number]): boolean => all || qualifiers.has(part);
  const noneNamed = !PARTS.some((part) => qualifiers.has(part));
  const parts: (readonly [boolean, () => Iterable<string>])[] = [
    [wants('PCB') || noneNamed, () => pcbLines(session, pcb)],
    [wants('PHD'), () => phdLines(session, pcb)],
    [wants('REGISTERS'), () => processRegisters(session, pcb)],
    [wants('WORKING_SET'), () => workingSetLines(session, session.phdView(pcb))],
    [wants('PROCESS_SECTION_TABLE'), () => sectionTableLines(session, session.phdView(pcb))],
    [wants('CHANNEL'), () => channelLines(session)],
    [wants('IMAGES'), () => imageLines(session)],
    [wants('LOCKS'), () => lockLines(session, pcb)],
    [wants('RMS'), () => rmsLines(session)],
    [wants('PAGE_TABLES') || qualifiers.has('P0') || qualifiers.has('P1'), () => processPageTables(session,
      { p0: !qualifiers.has('P1') || qualifiers.has('P0'), p1: !qualifiers.has('P0') || qualifiers.has('P1') })],
  ];
  for (const [wanted, lines] of parts) {
    if (!wanted) continue;
    try {
      yield* lines();
    } catch (error) {
      if (!(error instanceof SdaError)) throw error;
      yield* error.lines();
    }
    yield '';
  }
}

const KESU = 'KESU';

function modeLetters(bits: number): string {
  const letters = [...KESU].filter((_, mode) => (bits >>> mode) & 1).join('');
  return letters === '' ? 'NONE' : letters;
}

function statusNames(status: number): string {
  return PCB.bits.filter((bit) => bit.field === 'PCB$L_STS' && (status >>> bit.bit) & 1).map((bit) => bit.name.slice('PCB$V_'.length)).join(',');
}

/** The software PCB and the JIB, two columns. */
function* pcbLines(session: Session, pcb: PcbView): Generator<string> {
  yield `Process status:  ${hex8(pcb.PCB$L_STS)}  ${statusNames(pcb.PCB$L_STS)}`.trimEnd();
  yield '';
  const uic = `[${(pcb.PCB$L_UIC >>> 16).toString(8).padStart(5, '0')},${(pcb.PCB$L_UIC & 0xffff).toString(8).padStart(6, '0')}]`;
  const jib = pcb.PCB$L_JIB !== 0 && session.memory.has(pcb.PCB$L_JIB) ? JIB.read(session.memory, pcb.PCB$L_JIB) : undefined;
  const decimal = (value: number | undefined): string => value === undefined ? '' : String(value);
  const signed = (word: number): string => String((word << 16) >> 16);
  const creator = pcb.PCB$L_OWNER;
  const pairs: readonly (readonly [string, string])[] = [
    ['PCB address', hex8(pcb.address)], ['JIB address', hex8(pcb.PCB$L_JIB)],
    ['PHD address', hex8(pcb.PCB$L_PHD)], ['Swapfile disk address', hex8(pcb.PCB$L_WSSWP)],
    ['Master internal PID', hex8(jib?.JIB$L_MPID ?? 0)], ['Subprocess count', decimal(pcb.PCB$W_PRCCNT)],
    ['Internal PID', hex8(pcb.PCB$L_PID)], ['Creator internal PID', hex8(creator)],
    ['Extended PID', hex8(pcb.PCB$L_EPID)], ['Creator extended PID', hex8(pcb.PCB$L_EOWNER)],
    ['State', stateName(pcb)], ['Termination mailbox', hex(pcb.PCB$W_TMBU, 4)],
    ['Current priority', decimal(externalPriority(pcb.PCB$B_PRI))], ["AST's enabled", modeLetters(pcb.PCB$B_ASTEN)],
    ['Base priority', decimal(externalPriority(pcb.PCB$B_PRIB))], ["AST's active", modeLetters(pcb.PCB$B_ASTACT)],
    ['UIC', uic], ["AST's remaining", signed(pcb.PCB$W_ASTCNT)],
    ['Mutex count', decimal(pcb.PCB$W_MTXCNT)], ['Buffered I/O count/limit', `${signed(pcb.PCB$W_BIOCNT)}/${decimal(pcb.PCB$W_BIOLM)}`],
    ['Waiting EF cluster', decimal(pcb.PCB$B_WEFC)], ['Direct I/O count/limit', `${signed(pcb.PCB$W_DIOCNT)}/${decimal(pcb.PCB$W_DIOLM)}`],
    ['Starting wait time', hex8(pcb.PCB$L_WAITIME)], ['BUFIO byte count/limit', jib ? `${jib.JIB$L_BYTCNT}/${jib.JIB$L_BYTLM}` : ''],
    ['Event flag wait mask', hex8(pcb.PCB$L_EFWM)], ['# open files allowed left', decimal(jib?.JIB$W_FILCNT)],
    ['Local EF cluster 0', hex8(pcb.PCB$L_EFCS)], ['Timer entries allowed left', decimal(jib?.JIB$W_TQCNT)],
    ['Local EF cluster 1', hex8(pcb.PCB$L_EFCU)], ['Active page table count', decimal(pcb.PCB$W_APTCNT)],
    ['Global cluster 2 pointer', hex8(pcb.PCB$L_EFC2P)], ['Process WS page count', decimal(pcb.PCB$W_PPGCNT)],
    ['Global cluster 3 pointer', hex8(pcb.PCB$L_EFC3P)], ['Global WS page count', decimal(pcb.PCB$W_GPGCNT)],
  ];
  for (let at = 0; at < pairs.length; at += 2) {
    yield `${cellOf(...pairs[at]!, WIDTH)}${GAP}${cellOf(...pairs[at + 1]!, WIDTH + 4)}`.trimEnd();
  }
}

/** The fixed part of the process header, two columns. */
function* phdLines(session: Session, pcb: PcbView): Generator<string> {
  yield* heading('Process header');
  const phd = session.phdView(pcb);
  const pairs: readonly (readonly [string, string])[] = [
    ['First free P0 address', hex8(phd.PHD$L_FREP0VA)], ['Accumulated CPU time', hex8(phd.PHD$L_CPUTIM)],
    ['Free PTEs between P0/P1', String(phd.PHD$L_FREPTECNT)], ['CPU since last quantum', hex(phd.PHD$W_QUANT, 4)],
    ['First free P1 address', hex8(phd.PHD$L_FREP1VA)], ['Subprocess quota', String(phd.PHD$W_PRCLM)],
    ['Working set list', hex8(phd.address + 4 * phd.PHD$W_WSLIST)], ['AST limit', String(phd.PHD$W_ASTLM)],
    ['Page fault cluster size', String(phd.PHD$B_DFPFC)], ['Process header index', hex(phd.PHD$W_PHVINDEX, 4)],
    ['Page table cluster size', String(phd.PHD$B_PGTBPFC)], ['Backup address vector', hex8(phd.PHD$L_BAK)],
    ['Flags', hex(phd.PHD$W_FLAGS, 4)], ['WSL index save area', hex8(phd.PHD$L_WSLX)],
    ['Direct I/O count', String(phd.PHD$L_DIOCNT)], ['PTs having locked WSLs', String(phd.PHD$W_PTCNTLCK)],
    ['Buffered I/O count', String(phd.PHD$L_BIOCNT)], ['PTs having valid WSLs', String(phd.PHD$W_PTCNTVAL)],
    ['Limit on CPU time', hex8(phd.PHD$L_CPULIM)], ['Active page tables', String(phd.PHD$W_PTCNTACT)],
    ['Page faults', String(phd.PHD$L_PAGEFLTS)], ['Maximum page tables', String(phd.PHD$W_PTCNTMAX)],
    ['First WSL entry', String(phd.PHD$W_WSLIST)], ['Guaranteed fluid WS', String(phd.PHD$W_WSFLUID)],
    ['Working set size', String(phd.PHD$W_WSSIZE)], ['Extra dynamic WS', String(phd.PHD$W_EXTDYNWS)],
  ];
  for (let at = 0; at < pairs.length; at += 2) {
    yield `${cellOf(...pairs[at]!, WIDTH)}${GAP}${cellOf(...pairs[at + 1]!, WIDTH + 4)}`.trimEnd();
  }
}

/** Saved registers: the hardware process control block, or the processor's own for the process that runs. */
function* processRegisters(session: Session, pcb: PcbView): Generator<string> {
  const { registers, stackPointers, psl, tables, astlvl, isRunning } = session.context;
  yield isRunning ? 'Process registers (in the processor)' : 'Saved process registers';
  yield '';
  yield* registerLines(REGISTERS, registers);
  yield* registerLines(['KSP', 'ESP', 'SSP', 'USP', 'PSL'], [...stackPointers, psl]);
  yield* registerLines(['P0BR', 'P0LR', 'P1BR', 'P1LR'], [tables.p0br, tables.p0lr, tables.p1br, tables.p1lr]);
  yield `     ASTLVL = ${astlvl}`;
  yield '';
  yield `     PC at ${session.name(registers[15]!)}`;
  yield* pslLines(psl).map((line) => `     ${line}`);
  if (!isRunning && pcb.PCB$W_STATE === SCH$C_CUR) yield `     (offset ${hex(PHD.offset.PHD$L_PCB, 3)} of the process header)`;
}

/** Locks the process owns: PCB$L_LOCKQFL. */
function* lockLines(session: Session, pcb: PcbView): Generator<string> {
  yield* heading('Process locks');
  yield* locksOf(session, pcb.address);
}
