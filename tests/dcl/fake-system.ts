import { PAUSE, type Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { RMS$_EOF, RMS$_FNF } from '../../src/executive/starlet/rmsdef.js';
import { ArrayMemory } from '../../src/executive/structures/memory.js';
import * as codes from '../../src/dcl/condition-codes.js';
import { CommandFailure, SEVERITY_LETTERS, type Condition } from '../../src/dcl/condition.js';
import { COMMAND_TABLE_SOURCES } from '../../src/dcl/commands/registry.js';
import type { FileAccess, Files, OpenResult, ReadOptions, ReadResult } from '../../src/dcl/files.js';
import { commandLoop } from '../../src/dcl/interpreter/execute.js';
import { Dcl, type Outside } from '../../src/dcl/interpreter/session.js';
import { callLexical } from '../../src/dcl/lexicals/registry.js';
import { IDF, PPD, PRC } from '../../src/dcl/structures.js';
import { compileTables } from '../../src/dcl/tables/compiler.js';

/**
 * DCL's interpreter over an array instead of a process: files are lists of lines, messages are printed by name. It shows what
 * parsing, levels and flow of control do; services are tested on the booted system.
 */
const BASE = 0x7ff00000;
const PPD_AT = BASE;
const PRC_AT = BASE + 0x80;
const SYMBOLS_AT = BASE + 0x4000;
const TABLES_AT = BASE + 0x30000;
const MEMORY_SIZE = 0x60000;

const NAMES = new Map(Object.entries(codes).map(([name, code]) => [code as number, name.replace('CLI$_', '')]));
let tables: Uint8Array | undefined;

interface Stream {
  readonly lines: string[];
  at: number;
  readonly output: boolean;
}

class TextFiles implements Files {
  readonly streams: Stream[] = [];

  constructor(readonly disk: Map<string, string[]>) {}

  add(lines: string[], output: boolean): number {
    this.streams.push({ lines, at: 0, output });
    return this.streams.length;
  }

  *open(spec: string, defaultSpec: string, access: FileAccess): Flow<OpenResult> {
    const name = spec.includes('.') ? spec : spec + defaultSpec;
    const creating = access === 'write' || access === 'output';
    if (creating) this.disk.set(name, []);
    const lines = this.disk.get(name);
    const none = { stv: 0, spec: `DUA0:[TEST]${name};1`, ifi: 0, device: 0 };
    if (!lines) return { ...none, status: RMS$_FNF, stream: 0 };
    const stream = this.add(lines, access !== 'read' && access !== 'procedure');
    if (access === 'append') this.streams[stream - 1]!.at = lines.length;
    return { ...none, status: 1, stream };
  }

  *adopt(): Flow<OpenResult> { throw new Error('not here'); }

  *get(stream: number, options: ReadOptions): Flow<ReadResult> {
    const file = this.streams[stream - 1]!;
    if (options.at) file.at = options.at[0]! + options.at[1]! * 256;
    const rfa = Uint8Array.of(file.at & 255, file.at >> 8, 0, 0, 0, 0);
    const text = file.lines[file.at];
    if (text === undefined) return { status: RMS$_EOF, stv: 0, text: '', rfa };
    file.at += 1;
    return { status: 1, stv: 0, text, rfa };
  }

  *put(stream: number, text: string): Flow<{ status: number; stv: number }> {
    this.streams[stream - 1]!.lines.push(text);
    return { status: 1, stv: 0 };
  }

  *release(): Flow<void> { return; }

  deviceName(): string { return '_DUA0:'; }

  *flush(): Flow<number> { return 1; }

  *rewind(stream: number): Flow<number> {
    this.streams[stream - 1]!.at = 0;
    return 1;
  }

  *close(): Flow<number> { return 1; }
}

export interface Run {
  readonly output: string[];
  readonly status: number;
  readonly dcl: Dcl;
}

/** Commands after which a procedure is taken to go on for ever, and CTRL/Y is pressed: the job ends, or its ON CONTROL_Y action is executed. */
const PATIENCE = 20_000;
/** CTRL/Y so often, each time after fewer commands. */
const INSISTENT = 40;

/** Runs a flow in which every service fails as a command does. */
function finishWithoutServices<T>(flow: Flow<T>, controlY: () => void): T {
  let step = flow.next(0);
  for (let commands = 0, pressed = 0; !step.done; commands += 1) {
    if (commands >= PATIENCE >> pressed) {
      if (pressed > INSISTENT) throw new Error('the procedure does not end');
      controlY();
      pressed += 1;
      commands = 0;
    }
    step = step.value === PAUSE ? flow.next(0) : flow.throw(new CommandFailure(codes.CLI$_INVREQTYP));
  }
  return step.value;
}

/** Runs `procedure` as level 0 of a job that is not interactive. `files` are further procedures and data, by name. */
export function runProcedure(procedure: string, files: Readonly<Record<string, string>> = {}): Run {
  const memory = new ArrayMemory(new Uint8Array(MEMORY_SIZE), BASE);
  tables ??= compileTables(COMMAND_TABLE_SOURCES);
  memory.writeBytes(TABLES_AT, tables);
  const ppd = PPD.at(memory, PPD_AT);
  ppd.PPD$L_PRC = PRC_AT;
  ppd.PPD$L_PRCSIZE = PRC.size;
  ppd.PPD$L_SYMTBL = SYMBOLS_AT;
  ppd.PPD$L_SYMTBLSIZE = 0x20000;
  ppd.PPD$L_TABLES = TABLES_AT;
  ppd.PPD$W_OUTIFI = 2;
  Dcl.initialize(memory, PPD_AT);

  const disk = new Map(Object.entries(files).map(([name, text]) => [name, text.split('\n')]));
  const store = new TextFiles(disk);
  const output: string[] = [];
  const outside: Outside = {
    files: store,
    // No services here: a command that needs one fails as a command.
    procedure: new Proxy({}, { get() { throw new CommandFailure(codes.CLI$_INVREQTYP); } }) as unknown as Procedure,
    *messageLines(condition: Condition) {
      const lines = [condition, ...(condition.because ?? [])].map((each, index) => {
        const name = NAMES.get(each.code) ?? each.code.toString(16).toUpperCase();
        return `${index === 0 ? '%' : '-'}DCL-${SEVERITY_LETTERS[each.code & 7]}-${name}${each.args ? `, ${each.args.join(' ')}` : ''}`;
      });
      return condition.token === undefined ? lines : [...lines, ` \\${condition.token}\\`];
    },
    lexical: (dcl, call) => callLexical(dcl, call),
    *translate(name) { return name === 'SYS$OUTPUT' || name === 'SYS$ERROR' ? { ifi: 2 } : undefined; },
    *nameStandardFiles() { return; },
    *nameFile() { return; },
    *unnameFile() { return; },
    *enableControl() { return; },
    *runDownFiles() { return; },
    *setMessageMask() { return; },
    isFollowed: false,
    follow() { return; },
  };
  const dcl = new Dcl(memory, PPD_AT, outside);
  dcl.prc.PRC$L_OUTRAB = store.add(output, true);
  const input = store.add(procedure.split('\n'), false);
  dcl.prc.PRC$L_INPRAB = dcl.prc.PRC$L_CMDRAB = input;
  IDF.at(memory, dcl.prc.PRC$L_IDF).IDF$L_RAB = input;
  const left = finishWithoutServices(commandLoop(dcl), () => { dcl.prc.PRC$V_CTRLY = 1; });
  return { output, status: left.status, dcl };
}
