import { describe, expect, it } from 'vitest';
import { PRC, PPD, PPD_ADDRESS } from '../../src/dcl/index.js';
import { ArrayMemory, readCounted } from '../../src/executive/structures/memory.js';
import { CLI_CELLS, CLI_DATA_BASE } from '../../src/executive/structures/p1-cells.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { CIA } from '../../src/loginout/intrusion.js';
import { UAF } from '../../src/executive/structures/uaf.js';
import { readSystemFile } from '../../src/sysgen/system-disk.js';
import { Console, systemDisk } from '../sysgen/console.js';

/** The ways of LOGINOUT between modes, seen instruction by instruction, and what failed logins leave behind. */
function process({ system: { kernel } }: Console, name: string): ReturnType<typeof PCB.at> | undefined {
  for (let index = 1; index <= kernel.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 4 * index);
    if (readCounted(kernel, pcb + PCB.offset.PCB$T_LNAME) === name) return PCB.at(kernel, pcb);
  }
  return undefined;
}

/** Types the last character of something and steps until `seen` is satisfied or the machine has nothing to do. */
function stepAfter(console: Console, character: string, seen: () => boolean, limit = 400_000): boolean {
  const { machine } = console.system;
  machine.console.receive(character.charCodeAt(0));
  for (let steps = 0; steps < limit; steps += 1) {
    if (seen()) return true;
    machine.run(1);
  }
  return false;
}

const pcOf = ({ system: { kernel } }: Console): number => kernel.register(15) >>> 0;
const modes = ({ system: { machine } }: Console): { current: number; previous: number } => ({ current: machine.cpu.currentMode, previous: machine.cpu.previousMode });

describe('LOGINOUT and modes', () => {
  it('ch23#14: the CLI gets control in supervisor mode, and that is the previous mode too', () => {
    const console = new Console(systemDisk(), { autologin: false });
    console.keys('\ruser\r');
    for (const character of 'user') console.keys(character);
    const { kernel: k } = console.system;
    const atCli = (): boolean => {
      if (k.sys.SCH$GL_CURPCB === k.symbol('SCH$GL_NULLPCB') || modes(console).current !== 2) return false;
      const image = k.readLong(CLI_DATA_BASE + CLI_CELLS.offset.CTL$AG_CLIMAGE);
      return image !== 0 && pcOf(console) === ((image + k.readLong(image)) >>> 0);
    };
    expect(stepAfter(console, '\r', atCli)).toBe(true);
    expect(modes(console)).toEqual({ current: 2, previous: 2 });
  });

  it('ch23#36: LOGOUT calls $EXIT from executive mode: the exit handler that the CLI has declared is not called', () => {
    const console = new Console(systemDisk());
    for (const character of 'LOGOUT') console.keys(character);
    const { kernel: k } = console.system;
    const exit = k.symbol('EXE$EXIT');
    let [handler, declared, calledHandler, leaves] = [0, 0, 0, 0];
    const gone = stepAfter(console, '\r', () => {
      const at = pcOf(console);
      if (handler === 0 && modes(console).current === 2) handler = PRC.at(k, PPD.at(k, PPD_ADDRESS).PPD$L_PRC).PRC$L_EXITHANDLER;
      if (at === exit + 2 && modes(console).previous === 1) {
        leaves += 1;
        declared = k.p1.CTL$GL_THSUPR;
      }
      if (leaves > 0 && (at === handler || at === handler + 2)) calledHandler += 1;
      return leaves > 0 && process(console, 'SYSTEM') === undefined;
    });
    expect([gone, leaves, calledHandler]).toEqual([true, 1, 0]);
    expect([declared, handler]).not.toContain(0);
  });

  it('ch23#40: what keeps LOGINOUT from going on ends the process by $EXIT from executive mode', () => {
    const console = new Console(systemDisk());
    const { kernel: k } = console.system;
    for (const character of 'RUN/DETACHED/INPUT=NOSUCH.COM/OUTPUT=NL:/PROCESS=LOST SYS$SYSTEM:LOGINOUT') console.keys(character);
    const exit = k.symbol('EXE$EXIT');
    let [from, status] = [-1, 0];
    const gone = stepAfter(console, '\r', () => {
      const lost = process(console, 'LOST');
      if (lost && k.sys.SCH$GL_CURPCB === lost.address && pcOf(console) === exit + 2) [from, status] = [modes(console).previous, k.argument(1)];
      return from !== -1 && lost === undefined;
    });
    expect([gone, from]).toEqual([true, 1]);
    // RMS$_FNF
    expect(status).toBe(0x18292);
  });
});

describe('failed logins', () => {
  const record = (console: Console, user: string): ReturnType<typeof UAF.at> => {
    const bytes = readSystemFile(console.disk, '[SYS0.SYSEXE]SYSUAF.DAT')!;
    return UAF.at(new ArrayMemory(bytes), Buffer.from(bytes).indexOf(user.padEnd(32)) - UAF.offset.UAF$T_USERNAME);
  };
  const suspects = ({ system: { kernel: k } }: Console): { source: string; count: number; intruder: number }[] => {
    const list = k.symbol('CIA$GQ_INTRUDER');
    const found = [];
    for (let at = k.readLong(list); at !== list && at !== 0; at = k.readLong(at)) {
      const block = CIA.at(k, at);
      found.push({ source: readCounted(k, at + CIA.offset.CIA$T_SOURCE), count: block.CIA$L_COUNT, intruder: block.CIA$V_INTRUDER });
    }
    return found;
  };

  it('ch23#7: each counts in the authorization file and makes or updates an intrusion record; the next login says so and begins anew', () => {
    const console = new Console(systemDisk(), { autologin: false });
    console.keys('\ruser\rwrong\r');
    expect([record(console, 'USER').UAF$W_LOGFAILS, suspects(console)]).toEqual([1, [{ source: 'OPA0:USER', count: 1, intruder: 0 }]]);
    console.keys('user\rwrong\r');
    expect([record(console, 'USER').UAF$W_LOGFAILS, suspects(console)]).toEqual([2, [{ source: 'OPA0:USER', count: 2, intruder: 0 }]]);
    console.keys('user\ruser\r');
    expect(console.text).toContain('    2 failures since last successful login');
    expect(record(console, 'USER').UAF$W_LOGFAILS).toBe(0);
    console.type('LOGOUT');
    console.keys('\ruser\ruser\r');
    expect(console.text).toContain('    Last interactive login on Thursday, 21-AUG-1986 06:4');
  });

  it('after LGI_BRK_LIM of them even the right password does not help, and nothing is counted; after LGI_HID_TIM it does', () => {
    const console = new Console(systemDisk(), { autologin: false, parameters: { LGI_BRK_LIM: 2, LGI_HID_TIM: 60 } });
    for (let failure = 0; failure < 3; failure += 1) console.keys(`${failure === 0 ? '\r' : ''}user\rwrong\r`);
    expect(suspects(console)).toEqual([{ source: 'OPA0:USER', count: 3, intruder: 1 }]);
    const from = console.text.length;
    console.keys('\ruser\ruser\r');
    expect(console.text.slice(from)).toContain('User authorization failure');
    console.keys('user\rwrong\r');
    expect(record(console, 'USER').UAF$W_LOGFAILS).toBe(3);
    console.keys('system\rmanager\r');
    expect(console.text.slice(from)).toContain('Welcome');
    console.type('WAIT 0:1:10');
    for (let round = 0; round < 70; round += 1) console.keys('');
    console.type('LOGOUT');
    console.keys('\ruser\ruser\r');
    expect(console.type('WRITE SYS$OUTPUT F$GETJPI("","USERNAME")')).toEqual(['USER']);
    expect(suspects(console)).toEqual([]);
  });
});
