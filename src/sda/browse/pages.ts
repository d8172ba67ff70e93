import { SCH_STATE_NAMES } from '../../executive/structures/sch.js';
import { hex, hex8, SdaError } from '../error.js';
import { layoutNamed } from '../format.js';
import { walkQueue } from '../queue.js';
import { poolBlocks, poolRegions } from '../show-pool.js';
import { externalPriority, processName, stateName, type Session } from '../session.js';
import { instructionPage, memoryPage } from './memory-pages.js';
import { entry, linked, plain, RowsPage, type Page, type Place, type Row } from './page.js';
import { structurePage } from './structure-page.js';
import type { Explorer } from './what.js';

/** The pages of the browser, by what they show. */
export class Pages {
  /** @param perform  carries out an SDA command */
  constructor(private readonly session: Session, readonly explorer: Explorer, private readonly perform: (command: string) => Iterable<string>) {}

  open(place: Place): Page {
    const { session } = this;
    switch (place.kind) {
      case 'menu': return new RowsPage('What there is to see', this.menu(), 3);
      case 'keys': return new RowsPage('Keys', KEYS.map((text) => plain(text)));
      case 'display': return new RowsPage(place.command, this.display(place.command));
      case 'processes': return new RowsPage('Processes', this.processes(), 2);
      case 'process': return new RowsPage(`Process ${processName(session.memory, place.pcb)}`, this.process(place.pcb), 2);
      case 'scheduler': return new RowsPage('Scheduler queues', this.scheduler());
      case 'queue': return new RowsPage(`Queue at ${session.name(place.header)}`, this.queue(place.header), 2);
      case 'pool': return new RowsPage(place.region, this.pool(place.region), 2);
      case 'symbols': return new RowsPage(`Symbols with ${place.text}`, this.symbols(place.text));
      case 'structure': return structurePage(session, this.explorer, layoutNamed(place.layout, session, place.address), place.address, place.address);
      case 'address': return this.address(place.address, place.as);
    }
  }

  private address(address: number, as: 'memory' | 'instructions' | undefined): Page {
    const { session, explorer } = this;
    if (as === 'memory') return memoryPage(session, address);
    if (as === 'instructions') return instructionPage(session, address);
    const what = explorer.at(address);
    if (what.kind === 'structure') return structurePage(session, explorer, what.layout, what.base, address);
    return what.kind === 'instructions' ? instructionPage(session, address) : memoryPage(session, address);
  }

  private *display(command: string): Generator<Row> {
    for (const line of this.perform(command)) yield linked(this.session, line);
  }

  private *menu(): Generator<Row> {
    yield plain('RETURN follows what is lit, DELETE goes back, ? lists the keys.');
    yield plain('');
    for (const [heading, entries] of menuOf(this.session)) {
      if (entries.length === 0) continue;
      yield plain(heading, true);
      for (const [text, place] of entries) yield entry(`    ${text}`, place);
      if (heading === 'Memory') yield* this.regions();
      yield plain('');
    }
  }

  private *regions(): Generator<Row> {
    try {
      for (const { name } of poolRegions(this.session)) yield entry(`    Blocks of ${name}`, { kind: 'pool', region: name });
    } catch (error) {
      if (!(error instanceof SdaError)) throw error;
      yield plain(`    The pools cannot be read: ${error.message}`);
    }
  }

  private *processes(): Generator<Row> {
    yield plain('  PID      Index  Name             State  Pri  PCB', true);
    yield plain('');
    for (const [index, address] of this.session.processes()) {
      try {
        const pcb = this.session.pcbView(address);
        const text = `  ${hex8(pcb.PCB$L_EPID)} ${hex(index, 4)}   ${processName(this.session.memory, address).padEnd(15)}  ${stateName(pcb).padEnd(6)} ${String(externalPriority(pcb.PCB$B_PRI)).padStart(2)}  ${hex8(address)}`;
        yield { text, links: [{ from: 2, to: text.length - 10, place: { kind: 'process', pcb: address } }, { from: text.length - 8, to: text.length, place: { kind: 'address', address } }], address };
      } catch (error) {
        if (!(error instanceof SdaError)) throw error;
        yield plain(`  ${hex8(address)}  ${error.message}`);
      }
    }
  }

  private *process(address: number): Generator<Row> {
    const pcb = this.session.pcbView(address);
    yield plain(`${processName(this.session.memory, address)}, process ${hex8(pcb.PCB$L_EPID)}, in state ${stateName(pcb)}`, true);
    yield plain('');
    const structures: [string, Place][] = [[`PCB   process control block          ${hex8(address)}`, { kind: 'structure', layout: 'PCB', address }]];
    if (pcb.PCB$L_PHD !== 0) structures.push([`PHD   process header                 ${hex8(pcb.PCB$L_PHD)}`, { kind: 'structure', layout: 'PHD', address: pcb.PCB$L_PHD }]);
    if (pcb.PCB$L_JIB !== 0) structures.push([`JIB   job information block          ${hex8(pcb.PCB$L_JIB)}`, { kind: 'structure', layout: 'JIB', address: pcb.PCB$L_JIB }]);
    for (const [text, place] of structures) yield entry(`    ${text}`, place);
    for (const [text, command] of PROCESS_DISPLAYS) yield entry(`    ${text}`, { kind: 'display', command });
    yield plain('');
    yield entry('    P0 space', { kind: 'address', address: 0x200, as: 'memory' });
    yield entry('    P1 space', { kind: 'address', address: 0x7ffe0000, as: 'memory' });
    yield plain('');
    for (const line of this.perform('SHOW PROCESS/PCB')) yield linked(this.session, line);
  }

  private *scheduler(): Generator<Row> {
    const { session } = this;
    yield* this.queueRows('Computable, by priority', 32, (index) => [session.symbol('SCH$AQ_COMH') + 8 * index, `COM  ${String(31 - index).padStart(2)}`]);
    yield* this.queueRows('Computable and outswapped, by priority', 32, (index) => [session.symbol('SCH$AQ_COMOH') + 8 * index, `COMO ${String(31 - index).padStart(2)}`]);
    yield* this.queueRows('Waiting', SCH_STATE_NAMES.length, (state) => (state === 0 || /^(?:COMO?|CUR)$/.test(SCH_STATE_NAMES[state] ?? '') || !SCH_STATE_NAMES[state]
      ? undefined : [session.symbol('SCH$AQ_WQHDR') + 12 * state, SCH_STATE_NAMES[state]]));
  }

  private *queueRows(heading: string, count: number, header: (index: number) => readonly [address: number, name: string] | undefined): Generator<Row> {
    yield plain(heading, true);
    let empty = 0;
    for (let index = 0; index < count; index += 1) {
      const found = header(index);
      if (!found) continue;
      const [address, name] = found;
      const { elements, problem } = walkQueue(this.session, address >>> 0, false);
      if (elements.length === 0 && problem === undefined) {
        empty += 1;
        continue;
      }
      const names = elements.slice(0, 4).map((pcb) => processName(this.session.memory, pcb)).join(' ');
      yield entry(`    ${name.padEnd(8)} ${hex8(address)}  ${String(elements.length).padStart(4)}   ${problem ?? names}`, { kind: 'queue', header: address >>> 0 });
    }
    if (empty > 0) yield plain(`    and ${empty} that ${empty === 1 ? 'is' : 'are'} empty`);
    yield plain('');
  }

  private *queue(header: number): Generator<Row> {
    const { elements, problem } = walkQueue(this.session, header, false);
    yield plain(`${hex8(header)}  ${elements.length === 0 ? 'empty' : `${elements.length} element${elements.length === 1 ? '' : 's'}`}${problem === undefined ? '' : `, then ${problem}`}`, true);
    yield plain('');
    for (const [index, address] of elements.entries()) {
      yield linked(this.session, `${String(index + 1).padStart(5)}  ${hex8(address)}  ${this.explorer.describe(address)}`, { address });
    }
  }

  private *pool(name: string): Generator<Row> {
    const region = poolRegions(this.session).find((each) => each.name === name);
    if (!region) return;
    yield plain(`${hex8(region.start)} to ${hex8(region.end - 1)}`, true);
    yield plain('');
    for (const { address, size, type } of poolBlocks(this.session, region)) {
      yield linked(this.session, `  ${hex8(address)}  ${String(size).padStart(6)}  ${type.padEnd(8)} ${type === 'FREE' ? '' : this.explorer.describe(address)}`.trimEnd(), { address });
    }
  }

  private *symbols(text: string): Generator<Row> {
    const wanted = text.toUpperCase();
    let count = 0;
    for (const [name, value, isAddress] of this.session.symbols.list('')) {
      if (!name.includes(wanted)) continue;
      count += 1;
      yield isAddress ? { ...linked(this.session, `${name.padEnd(32)} ${hex8(value)}`, {}, 33), address: value } : plain(`${name.padEnd(32)} ${hex8(value)}`);
    }
    if (count === 0) yield plain(`no symbol has ${wanted} in it`);
  }
}

const show = (command: string): Place => ({ kind: 'display', command });

function menuOf({ symbols, target }: Session): readonly (readonly [heading: string, entries: readonly (readonly [text: string, place: Place])[]])[] {
  const place = (kind: 'queue' | 'address', symbol: string): Place => {
    const address = (symbols.lookup(symbol) ?? 0) >>> 0;
    return kind === 'queue' ? { kind, header: address } : { kind, address };
  };
  return [
    ['The crash', target.crash ? [['Why and where', show('SHOW CRASH')], ['The header of the dump', show('SHOW HEADER')]] : []],
    ['Processes', [
      ['All processes', { kind: 'processes' }], ['Scheduler queues', { kind: 'scheduler' }], ['Timer queue', place('queue', 'EXE$GL_TQFL')],
      ['Every queue of the system', show('VALIDATE QUEUE/ALL/LIST')],
      ['Stack of the process in view', show('SHOW STACK')], ['Its call frames', show('SHOW CALL_FRAME/ALL')],
    ]],
    ['Input and output', [['Devices', show('SHOW DEVICE')], ['I/O postprocessing queue', place('queue', 'IOC$GL_PSFL')]]],
    ['Locks', [['Resources', show('SHOW RESOURCE')], ['Locks', show('SHOW LOCK')]]],
    ['Memory', [
      ['Pools, summed up', show('SHOW POOL/SUMMARY')], ['Free, modified and bad pages', show('SHOW PFN_DATA')], ['System page table', show('SHOW PAGE_TABLE/SYSTEM')],
      ['Where every page is', show('VALIDATE PFN_DATA')],
    ]],
    ['The executive', [['Its cells', place('address', 'SYS$CELLS')], ['Images, drivers, areas of system space', show('SHOW EXECUTIVE')]]],
  ];
}

const PROCESS_DISPLAYS: readonly (readonly [text: string, command: string])[] = [
  ['Registers', 'SHOW PROCESS/REGISTERS'], ['Stacks', 'SHOW STACK/ALL'], ['Call frames', 'SHOW CALL_FRAME/ALL'], ['Working set', 'SHOW PROCESS/WORKING_SET'], ['Channels', 'SHOW PROCESS/CHANNEL'],
  ['Images', 'SHOW PROCESS/IMAGES'], ['Page tables', 'SHOW PROCESS/PAGE_TABLES'], ['Process section table', 'SHOW PROCESS/PROCESS_SECTION_TABLE'], ['Locks', 'SHOW PROCESS/LOCKS'],
];

const KEYS = [
  'up, down, PREV, NEXT   by rows and by screens (also Page Up, Page Down, B)',
  'left, right, TAB       among the pointers of a row',
  'RETURN                 follows the pointer that is lit',
  'DELETE                 back to where you came from',
  'T                      to the top, the list of what there is',
  '< and >                first and last row (also HOME and END)',
  '',
  'G                      go to an expression (@SCH$GL_CURPCB, PCB+24), or carry',
  '                       out an SDA command (SHOW STACK)',
  'S                      symbols that have a text in their names',
  '/ and N                search the page, and once more',
  '',
  'M                      the location of the row, or the pointer lit, as memory',
  'I                      as instructions',
  'F                      as a structure whose name you give (PCB, UCB ...)',
  'L                      as the header of a queue, followed to its end',
  '',
  'A                      redraws the screen; of the running system, reads it again',
  'Q, CTRL/Z              leaves',
];
