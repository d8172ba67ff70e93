import { beforeEach, describe, expect, it } from 'vitest';
import { cliAttach, cliSpawn } from '../../src/dcl/cli-client.js';
import { procedure, type Flow } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { CLI$M_NOCLISYM, CLI$M_NOWAIT } from '../../src/executive/starlet/clidef.js';
import type { ResidentImage } from '../../src/executive/boot/sysboot.js';
import { checkPool } from '../../src/executive/pool/check.js';
import { checkScheduler } from '../../src/executive/scheduling/check.js';
import { readCounted } from '../../src/executive/structures/memory.js';
import { JIB } from '../../src/executive/structures/jib.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { PHD } from '../../src/executive/structures/phd.js';
import { Console, systemDisk } from '../sysgen/console.js';

/** SPAWN and ATTACH on the whole system, at the operator's console. */

let console: Console;
beforeEach(() => { console = new Console(systemDisk()); });

/** Lines but without the date. */
function typed(line: string): string[] {
  return console.type(line).map((text) => text.replace(/\d+-\w{3}-\d{4} [\d:.]+/, 'NOW'));
}

/** PCBs by process name. */
function processes(): Map<string, ReturnType<typeof PCB.at>> {
  const { kernel } = console.system;
  const { sys } = kernel;
  const found = new Map<string, ReturnType<typeof PCB.at>>();
  for (let index = 2; index <= sys.SCH$GL_MAXPIX; index += 1) {
    const address = kernel.readLong(sys.SCH$GL_PCBVEC + 4 * index);
    if (address !== kernel.symbol('SCH$GL_NULLPCB')) found.set(readCounted(kernel, address + PCB.offset.PCB$T_LNAME), PCB.at(kernel, address));
  }
  return found;
}

/** What a job has left, and how many mailboxes there are. */
function books(): unknown {
  const { kernel } = console.system;
  const symbol = (name: string): number => kernel.symbol(name);
  expect(checkPool(kernel, symbol)).toEqual([]);
  expect(checkScheduler(kernel, symbol)).toEqual([]);
  const pcb = processes().get('SYSTEM')!;
  const jib = JIB.at(kernel, pcb.PCB$L_JIB);
  return {
    subprocesses: [pcb.PCB$W_PRCCNT, jib.JIB$W_PRCCNT], bytes: jib.JIB$L_BYTCNT, pages: jib.JIB$L_PGFLCNT, files: jib.JIB$W_FILCNT, asts: pcb.PCB$W_ASTCNT,
    timers: jib.JIB$W_TQCNT, mailboxes: console.type('SHOW DEVICE MB').length,
  };
}

const SPAWNED = ['%DCL-S-SPAWNED, process SYSTEM_1 spawned', '%DCL-S-ATTACHED, terminal now attached to process SYSTEM_1'];
const RETURNED = '%DCL-S-RETURNED, control returned to process SYSTEM';

describe('SPAWN', () => {
  it('with a command: the subprocess executes it and ends; messages in their order, no logout line', () => {
    expect(typed('SPAWN WRITE SYS$OUTPUT F$PROCESS(), " ", F$MODE(), " ", F$ENVIRONMENT("DEPTH")')).toEqual([...SPAWNED, 'SYSTEM_1 INTERACTIVE 0', RETURNED]);
    expect(typed('SPAWN/NOLOG SHOW TIME')).toEqual(['  NOW']);
    expect([...processes().keys()]).not.toContain('SYSTEM_1');
  });

  it('without one: commands are typed to the subprocess while the creator hibernates; LOGOUT comes back', () => {
    expect(typed('SPAWN')).toEqual(SPAWNED);
    const own = processes().get('SYSTEM_1')!;
    expect(own.PCB$L_OWNER).toBe(processes().get('SYSTEM')!.PCB$L_PID);
    expect(typed('WRITE SYS$OUTPUT F$PROCESS(), F$GETJPI(F$GETJPI("","OWNER"),"STATE")')).toEqual(['SYSTEM_1HIB']);
    expect(typed('LOGOUT')).toEqual(['  Process SYSTEM_1 logged out at NOW', RETURNED]);
    expect(typed('WRITE SYS$OUTPUT F$PROCESS()')).toEqual(['SYSTEM']);
  });

  it('passes symbols of both kinds, verify, prompt, default directory, key definitions and state', () => {
    console.type('A = 5', 'B == "two words"', 'LO*NG == "SHOW TIME"', 'SET DEFAULT SYS$LIBRARY', 'DEFINE/KEY/NOLOG PF1 "HELLO"', 'SET KEY/STATE=GOLD/NOLOG');
    const directory = typed('SHOW DEFAULT');
    console.type('SET PROMPT="sub> "', 'SPAWN');
    expect(console.text.endsWith('sub> ')).toBe(true);
    expect(typed('SHOW SYMBOL A').filter((line) => line !== 'sub>')).toEqual(['  A = 5   Hex = 00000005  Octal = 00000000005']);
    expect(typed('WRITE SYS$OUTPUT B, " ", F$ENVIRONMENT("KEY_STATE")')[0]).toBe('two words GOLD');
    expect(typed('SHOW DEFAULT')[0]).toBe(directory[0]);
    expect(directory[0]).toContain('[SYSLIB]');
    expect(typed('LON')[0]).toBe('  NOW');
    expect(typed('SHOW KEY/STATE=DEFAULT PF1')[1]).toBe('  PF1 = "HELLO"');
  });

  it('/NOSYMBOLS, /NOLOGICAL_NAMES, /NOKEYPAD and /PROMPT leave out or replace what they name', () => {
    console.type('A == 5', 'DEFINE X Y', 'DEFINE/KEY/NOLOG PF1 "HELLO"');
    expect(typed('SPAWN/NOLOG/NOSYMBOLS/NOLOGICAL WRITE SYS$OUTPUT F$TYPE(A), "/", F$TRNLNM("X")')).toEqual(['/']);
    expect(typed('SPAWN/NOLOG/NOKEYPAD SHOW KEY PF1')).toEqual(['%DCL-W-UNDKEY, DEFAULT key PF1 is undefined']);
    console.type('SPAWN/NOLOG/PROMPT="other "');
    expect(console.text.endsWith('other ')).toBe(true);
  });

  it('ch23#30: process tables of user and supervisor mode without CONFINE are passed, then the names in them', () => {
    console.type('CREATE/NAME_TABLE MINE', 'CREATE/NAME_TABLE/ATTRIBUTES=CONFINE NOTMINE', 'DEFINE/TABLE=MINE IN_MINE YES', 'DEFINE/TABLE=NOTMINE IN_NOTMINE YES');
    console.type('DEFINE PLAIN A,B', 'DEFINE/NAME_ATTRIBUTES=CONFINE CONFINED C', 'DEFINE/USER FOR_IMAGE D', 'DEFINE/TRANSLATION=(CONCEALED,TERMINAL) ROOTED DUA0:');
    console.type('SPAWN/NOLOG');
    const value = (name: string, table: string, more = ''): string => typed(`WRITE SYS$OUTPUT "[",F$TRNLNM("${name}","${table}"${more}),"]"`)[0]!;
    expect(value('IN_MINE', 'MINE')).toBe('[YES]');
    expect(value('IN_NOTMINE', 'NOTMINE')).toBe('[]');
    expect(value('PLAIN', 'LNM$PROCESS', ',1')).toBe('[B]');
    expect(value('CONFINED', 'LNM$PROCESS')).toBe('[]');
    expect(value('FOR_IMAGE', 'LNM$PROCESS')).toBe('[D]');
    expect(value('ROOTED', 'LNM$PROCESS', ',,,,"CONCEALED"')).toBe('[TRUE]');
    // SYS$ERROR is what it always is, not the mailbox.
    expect(value('SYS$ERROR', 'LNM$PROCESS')).toContain('OPA0:');
  });

  it('ch23#32: the permanent privileges are passed; the authorized ones are those the creator had at the SPAWN', () => {
    const { kernel } = console.system;
    console.type('SET PROCESS/PRIVILEGES=NOCMKRNL', 'SPAWN/NOLOG');
    const phd = PHD.at(kernel, processes().get('SYSTEM_1')!.PCB$L_PHD);
    expect(phd.PHD$Q_PRIVMSK & 1n).toBe(0n);
    expect(processes().get('SYSTEM_1')!.PCB$Q_PRIV & 1n).toBe(0n);
    expect(phd.PHD$Q_AUTHPRIV).toBe(processes().get('SYSTEM')!.PCB$Q_PRIV);
  });

  it('ch23#13: the job table is shared', () => {
    console.type('DEFINE/JOB OURS THEIRS');
    expect(typed('SPAWN/NOLOG WRITE SYS$OUTPUT F$TRNLNM("OURS"), F$TRNLNM("SYS$LOGIN")')[0]).toMatch(/^THEIRS.*\[SYSMGR\]$/);
    expect(typed('SPAWN/NOLOG WRITE SYS$OUTPUT F$GETJPI("","USERNAME")')[0]).toMatch(/^SYSTEM/);
  });

  it('/NOWAIT goes on at once; /NOTIFY tells the end; not with /WAIT', () => {
    expect(typed('SPAWN/NOWAIT/OUTPUT=OUT.LIS WRITE SYS$OUTPUT "to the file"')).toEqual([SPAWNED[0]]);
    expect(typed('TYPE OUT.LIS')).toEqual(['to the file']);
    console.type('SPAWN/NOLOG/OUTPUT=OUT.LIS SHOW SYSTEM');
    expect(typed('TYPE OUT.LIS').at(-1)).toContain(' SYSTEM_1 ');
    expect(typed('SPAWN/NOWAIT/NOTIFY/OUTPUT=NL: SHOW TIME').map((line) => line.replaceAll('\x07', ''))).toEqual([SPAWNED[0], 'Subprocess SYSTEM_1 has completed']);
    expect(typed('SPAWN/NOTIFY')).toEqual(['%DCL-W-NOTIFY, /NOTIFY not allowed - do not use with /WAIT or in batch jobs']);
  });

  it('/INPUT reads commands from a file to its end; a missing one ends the SPAWN with its status', () => {
    console.type('CREATE IN.COM', '$ WRITE SYS$OUTPUT "from file"', '^Z');
    expect(typed('SPAWN/INPUT=IN.COM')).toEqual([...SPAWNED, 'from file', RETURNED]);
    expect(typed('SPAWN/INPUT=NOSUCH.COM')).toEqual(['%RMS-E-FNF, file not found']);
    expect(typed('WRITE SYS$OUTPUT F$PROCESS()')).toEqual(['SYSTEM']);
  });

  it('the files are opened with the rights of the creator, not of LOGINOUT', () => {
    console = new Console(systemDisk(), { autologin: false });
    console.keys('\ruser\ruser\r');
    expect(typed('SPAWN/OUTPUT=SYS$SYSTEM:MINE.LIS SHOW TIME')[0]).toMatch(/^%RMS-E-PRV/);
    expect(typed('SPAWN/INPUT=SYS$SYSTEM:SYSUAF.DAT')[0]).toMatch(/^%RMS-E-PRV/);
    expect(typed('SPAWN WRITE SYS$OUTPUT F$USER()')).toEqual([
      '%DCL-S-SPAWNED, process USER_1 spawned', '%DCL-S-ATTACHED, terminal now attached to process USER_1', '[USER]', '%DCL-S-RETURNED, control returned to process USER',
    ]);
  });

  it('names: the next free number, or that of /PROCESS; a name in use and a full quota are refused', () => {
    expect(typed('SPAWN/NOWAIT/OUTPUT=NL: WAIT 1:0')).toEqual([SPAWNED[0]]);
    expect(typed('SPAWN/NOWAIT/OUTPUT=NL: WAIT 1:0')).toEqual(['%DCL-S-SPAWNED, process SYSTEM_2 spawned']);
    expect(typed('SPAWN/PROCESS=SYSTEM_2')).toEqual(['%SYSTEM-F-DUPLNAM, duplicate name']);
    expect(typed('SPAWN/PROCESS=SIXTEEN_LETTERS_')[0]).toMatch(/^%SYSTEM-F-IVLOGNAM/);
    expect(typed('SPAWN/NOWAIT/PROCESS=fred/OUTPUT=NL: WAIT 1:0')).toEqual(['%DCL-S-SPAWNED, process FRED spawned']);
    const { kernel } = console.system;
    const jib = JIB.at(kernel, processes().get('SYSTEM')!.PCB$L_JIB);
    const before = books();
    jib.JIB$W_PRCLIM = 3;
    expect(typed('SPAWN SHOW TIME')).toEqual(['%SYSTEM-F-EXQUOTA, process quota exceeded']);
    expect(books()).toEqual(before);
  });

  it('whichever of its mailboxes there is no quota for, a SPAWN that fails leaves none behind', () => {
    const { kernel } = console.system;
    const jib = JIB.at(kernel, processes().get('SYSTEM')!.PCB$L_JIB);
    const before = books();
    let refused = 0;
    for (let quota = 500; ; quota += 250) {
      const taken = jib.JIB$L_BYTCNT - quota;
      jib.JIB$L_BYTCNT = quota;
      const shown = typed('SPAWN/NOLOG WRITE SYS$OUTPUT "sub"');
      jib.JIB$L_BYTCNT += taken;
      if (shown[0] === 'sub') break;
      expect(shown).toEqual(['%SYSTEM-F-EXQUOTA, process quota exceeded']);
      expect(books()).toEqual(before);
      refused += 1;
    }
    expect(refused).toBeGreaterThan(12);
  });

  it('a SPAWN that fails takes its attach mailbox away when it was the first: process limit, page file quota, a subprocess that ends at once', () => {
    const { kernel } = console.system;
    const jib = JIB.at(kernel, processes().get('SYSTEM')!.PCB$L_JIB);
    const before = books();
    for (const limit of ['JIB$W_PRCLIM', 'JIB$L_PGFLCNT'] as const) {
      const saved = jib[limit];
      jib[limit] = 0;
      expect(typed('SPAWN SHOW TIME')).toEqual(['%SYSTEM-F-EXQUOTA, process quota exceeded']);
      jib[limit] = saved;
      expect(books()).toEqual(before);
    }
    expect(typed('SPAWN/INPUT=NOSUCH.COM')[0]).toMatch(/^%RMS-E-FNF/);
    expect(books()).toEqual(before);
    expect(typed('SPAWN/NOLOG SHOW TIME')).toEqual(['  NOW']);
  });

  it('an ATTACH that is refused takes its attach mailbox away when it was the first', () => {
    console.type('RUN/DELAY=0:30/PROCESS_NAME=PLAIN SYS$SYSTEM:SHOW');         // a subprocess without a command interpreter
    const before = books();
    expect(typed('ATTACH PLAIN')).toEqual(['%DCL-E-REFUSED, you cannot attach to that process']);
    expect(books()).toEqual(before);
  });

  it('more subprocesses than one termination mailbox serves; the books balance when all are gone', () => {
    console.type('SPAWN/NOLOG SHOW TIME');            // the attach mailbox stays from here on
    const before = books();
    for (let count = 0; count < 6; count += 1) console.type('SPAWN/NOLOG/NOWAIT/OUTPUT=NL: WAIT 0:0:20');
    expect(processes().size).toBeGreaterThan(7);
    for (let seconds = 0; seconds < 30; seconds += 3) console.type('');
    console.type('SPAWN/NOLOG/INPUT=NOSUCH.COM');
    expect(books()).toEqual(before);
  });
});

describe('ATTACH', () => {
  it('ch23#33: the target says yes only while it waits; then the caller hibernates', () => {
    console.type('SPAWN');
    expect(typed('ATTACH SYSTEM')).toEqual([RETURNED]);
    expect(typed('WRITE SYS$OUTPUT F$PROCESS(), F$GETJPI("0","STATE")').at(-1)).toContain('SYSTEM');
    expect(typed('ATTACH SYSTEM_1')).toEqual(['%DCL-S-RETURNED, control returned to process SYSTEM_1']);
    console.type('SPAWN/NOWAIT/PROCESS=BUSY/OUTPUT=NL: WAIT 1:0');
    expect(typed('ATTACH BUSY')).toEqual(['%DCL-E-REFUSED, you cannot attach to that process']);
    expect(typed('ATTACH/PARENT')).toEqual([RETURNED]);
    expect(typed(`ATTACH/IDENTIFICATION=${processes().get('SYSTEM_1')!.PCB$L_EPID.toString(16)}`)).toEqual(['%DCL-S-RETURNED, control returned to process SYSTEM_1']);
    expect(typed('LOGOUT').at(-1)).toBe(RETURNED);
  });

  it('ch23#34: not to itself, not out of the job, not to nobody', () => {
    expect(typed('ATTACH SYSTEM')).toEqual(['%DCL-E-REFUSED, you cannot attach to that process']);
    expect(typed('ATTACH JOB_CONTROL')).toEqual(['%DCL-E-REFUSED, you cannot attach to that process']);
    expect(typed('ATTACH FRED')).toEqual(['%SYSTEM-W-NONEXPR, nonexistent process']);
  });

  it('a process made by SPAWN/NOWAIT at the terminal waits to be attached', () => {
    console.type('SPAWN/NOWAIT');
    expect(typed('ATTACH SYSTEM_1')).toEqual(['%DCL-S-RETURNED, control returned to process SYSTEM_1']);
    expect(typed('LOGOUT')).toEqual(['  Process SYSTEM_1 logged out at NOW', RETURNED]);
  });

  it('the terminal goes to the parent when a brother that was attached to ends', () => {
    console.type('SPAWN', 'ATTACH SYSTEM', 'SPAWN');
    expect(typed('WRITE SYS$OUTPUT F$PROCESS()')).toEqual(['SYSTEM_2']);
    expect(typed('ATTACH SYSTEM_1')).toEqual(['%DCL-S-RETURNED, control returned to process SYSTEM_1']);
    expect(typed('LOGOUT').at(-1)).toBe(RETURNED);
    expect(typed('ATTACH SYSTEM_2')).toEqual(['%DCL-S-RETURNED, control returned to process SYSTEM_2']);
    expect(typed('LOGOUT').at(-1)).toBe(RETURNED);
  });
});

/** Keys as they are, and what came of them. */
function keys(characters: string): string {
  const from = console.text.length;
  console.keys(characters);
  return console.text.slice(from).replaceAll('\0', '');
}

describe('CTRL/Y', () => {
  beforeEach(() => { console.type('CREATE T.COM', '$ X = 1', '$ WAIT 1:0', '$ WRITE SYS$OUTPUT "going on ",X', '^Z'); });

  it('in a procedure gives a prompt; commands of DCL itself leave the procedure alone and CONTINUE goes on with it', () => {
    keys('@T\r');
    expect(keys('\x19')).toContain('*INTERRUPT*');
    expect(typed('SHOW SYMBOL X')).toEqual(['  X = 1   Hex = 00000001  Octal = 00000000001']);
    expect(typed('X = 7')).toEqual([]);
    expect(typed('NOSUCHVERB')[0]).toMatch(/IVVERB/);
    expect(typed('^Z')).toEqual([]);
    expect(typed('CONTINUE')).toEqual(['going on 7']);
  });

  it('ch23#43: at that prompt, CTRL/Y leaves all levels; so do EXIT, STOP and commands that need an image', () => {
    for (const leave of ['\x19', 'EXIT\r', 'STOP\r', 'SHOW DEVICE OPA0\r']) {
      keys('@T\r');
      keys('\x19');
      keys(leave);
      expect(typed('WRITE SYS$OUTPUT F$ENVIRONMENT("DEPTH")')).toEqual(['0']);
      expect(typed('CONTINUE')).toEqual([]);
    }
  });

  it('ends INQUIRE and READ without a message; in a procedure CONTINUE asks again', () => {
    for (const command of ['INQUIRE A "Name"', 'READ/PROMPT="Name: " SYS$COMMAND A']) {
      keys(`${command}\r`);
      expect(keys('fre\x19').replaceAll('\r\n', '\n')).toBe('fre\n*INTERRUPT*\n\n$ ');
    }
    console.type('CREATE ASK.COM', '$ IF 1 THEN INQUIRE/GLOBAL A "Name"', '$ WRITE SYS$OUTPUT "is ",A', '^Z');
    keys('@ASK\r');
    expect(keys('fre\x19')).toContain('*INTERRUPT*');
    expect(keys('CONTINUE\r')).toMatch(/Name: $/);
    expect(keys('wilma\r')).toContain('is WILMA');
  });

  it('SPAWN and ATTACH leave the procedure where it is', () => {
    keys('@T\r');
    keys('\x19');
    expect(typed('SPAWN SHOW TIME')).toEqual([...SPAWNED, '  NOW', RETURNED]);
    expect(typed('CONTINUE')).toEqual(['going on 1']);
  });

  it('while an image waits, SPAWN leaves it be and CTRL/Y belongs to the subprocess', () => {
    keys('TYPE TT:\r');
    keys('\x19');
    keys('SPAWN/NOLOG\r');
    keys('@T\r');
    keys('\x19');
    expect(typed('WRITE SYS$OUTPUT F$PROCESS(), X')).toEqual(['SYSTEM_11']);
    expect(typed('LOGOUT').at(-1)).toMatch(/^ {2}Process SYSTEM_1 logged out/);
    expect(typed('WRITE SYS$OUTPUT F$PROCESS()')).toEqual(['SYSTEM']);
  });

  it('ON CONTROL_Y ends the image and executes its action at the level that has it', () => {
    console.type('CREATE U.COM', '$ ON CONTROL_Y THEN WRITE SYS$OUTPUT "handled"', '$ TYPE TT:', '$ WRITE SYS$OUTPUT "next"', '$ @T', '$ WRITE SYS$OUTPUT "end"', '^Z');
    keys('@U\r');
    expect(keys('\x19').split(/[\r\n]+/).filter((line) => /^\w/.test(line))).toEqual(['handled', 'next']);
    expect(keys('\x19').split(/[\r\n]+/).filter((line) => /^\w/.test(line))).toEqual(['handled', 'end']);
  });
});

describe('keys', () => {
  const PF1 = '\x1bOP';
  const PF2 = '\x1bOQ';
  const KP7 = '\x1bOw';

  it('put their text on the line, end it with /TERMINATE, replace it with /ERASE, hide it with /NOECHO', () => {
    console.type('DEFINE/KEY/NOLOG PF1 "WRITE SYS$OUTPUT "', 'DEFINE/KEY/NOLOG/TERMINATE PF2 """two"""', 'DEFINE/KEY/NOLOG/ERASE KP7 "WRITE SYS$OUTPUT ""seven"""');
    expect(keys(PF1)).toContain('$ WRITE SYS$OUTPUT ');
    expect(keys(PF2)).toMatch(/"two"\r[^]*\ntwo\r/);
    expect(keys(`garbage${KP7}\r`)).toMatch(/\nseven|\rseven/);
    console.type('DEFINE/KEY/NOLOG/NOECHO/TERMINATE PF2 "WRITE SYS$OUTPUT 1+1"');
    expect(keys(PF2)).not.toContain('WRITE');
    expect(typed('RECALL/ALL')[0]).toBe('  1 WRITE SYS$OUTPUT 1+1');
  });

  it('a state holds for the next key, or with /LOCK_STATE until another is set', () => {
    console.type('DEFINE/KEY/NOLOG/SET_STATE=GOLD PF1 ""', 'DEFINE/KEY/NOLOG/IF_STATE=GOLD/TERMINATE KP7 "WRITE SYS$OUTPUT ""gold"""');
    console.type('DEFINE/KEY/NOLOG/TERMINATE KP7 "WRITE SYS$OUTPUT ""plain"""');
    expect(keys(`${PF1}${KP7}`)).toContain('\ngold');
    expect(keys(KP7)).toContain('\nplain');
    console.type('DEFINE/KEY/NOLOG/SET_STATE=GOLD/LOCK_STATE PF1 ""');
    keys(PF1);
    expect(keys(KP7)).toContain('\ngold');
    expect(keys(KP7)).toContain('\ngold');
    expect(typed('SET KEY/NOSTATE')).toEqual(['%DCL-I-SETKEY, keypad state has been set to DEFAULT']);
    expect(keys(KP7)).toContain('\nplain');
  });

  it('SHOW KEY and DELETE/KEY; names that are none', () => {
    expect(typed('DEFINE/KEY PF1 "SHOW ""X"""/TERMINATE')).toEqual(['%DCL-I-DEFKEY, DEFAULT key PF1 has been defined']);
    expect(typed('SHOW KEY/FULL PF1')).toEqual(['DEFAULT keypad definitions:', '  PF1 = "SHOW ""X""" (echo,terminate,noerase,nolock)']);
    expect(typed('DELETE/KEY PF1')).toEqual(['%DCL-I-DELKEY, DEFAULT key PF1 has been deleted']);
    expect(typed('DELETE/KEY PF1')).toEqual(['%DCL-W-UNDKEY, DEFAULT key PF1 is undefined']);
    expect(typed('DEFINE/KEY UP "X"')).toEqual(['%DCL-W-IVKEYNAM, unrecognized key name - check validity and spelling', ' \\UP\\']);
  });

  it('a key without a definition changes nothing; RECALL puts a line at the prompt for editing', () => {
    expect(keys(`WRITE SYS$OUTPUT${PF2} "same line"\r`)).toContain('same line\r');
    keys('RECALL 1\r');
    expect(console.text).toMatch(/\$ WRITE SYS\$OUTPUT "same line"$/);
    expect(keys('\x7f!"\r')).toContain('same line!\r');
  });
});

describe('CTRL/Y and images', () => {
  const events: string[] = [];
  /** Waits for ten seconds three times; its exit handler leaves a note. */
  const body = (name: string): ReturnType<typeof procedure> => procedure(`${name}$MAIN`, function* (p): Flow<number> {
    const block = p.allocate(20);
    p.memory.writeLong(block + 4, p.argument(1));
    p.memory.writeLong(block + 8, 1);
    p.memory.writeLong(block + 12, p.allocate(4));
    yield* service(p, '$DCLEXH', { desblk: block });
    for (let round = 0; round < 3; round += 1) {
      yield* p.scratch(function* () {
        const time = p.allocate(8);
        yield* service(p, '$BINTIM', { timbuf: p.string('0 00:00:10'), timadr: time });
        yield* service(p, '$SETIMR', { efn: 1, daytim: time });
        return yield* service(p, '$WAITFR', { efn: 1 });
      });
      events.push(`${name} ${round} ${(p.kernel.pcb.PCB$Q_PRIV & 1n) !== 0n ? 'privileged' : 'plain'}`);
    }
    return 1;
  });
  const handler = (name: string): ReturnType<typeof procedure> => procedure(`${name}$HANDLER`, function* (): Flow<number> {
    events.push(`${name} handler`);
    return 1;
  });
  const image = (name: string, privileges: bigint): ResidentImage => ({
    name, routines: [body(name), handler(name)], transfer: `${name}$START`, privileges,
    source: `${name}$START::\n\t.WORD\t0\n\tPUSHAB\t${name}$HANDLER\n\tCALLS\t#1,${name}$MAIN\n\tRET\n`,
  });

  beforeEach(() => {
    events.length = 0;
    console = new Console(systemDisk(), { moreImages: [image('PLAIN', 0n), image('TRUSTED', 1n)] });
    console.type('SET PROCESS/PRIVILEGES=NOCMKRNL');
  });
  const wait = (seconds: number): void => { for (let at = 0; at < seconds; at += 3) console.type(''); };
  const privileges = (): bigint => processes().get('SYSTEM')!.PCB$Q_PRIV & 1n;

  it('ch23#27: an image with privileges loses them at CTRL/Y; CONTINUE gives them back', () => {
    keys('RUN SYS$SYSTEM:TRUSTED\r');
    expect(privileges()).toBe(1n);
    keys('\x19');
    expect(privileges()).toBe(0n);
    keys('CONTINUE\r');
    expect(privileges()).toBe(1n);
    for (let at = 0; at < 40; at += 3) keys('');
    expect(events).toEqual(['TRUSTED 0 privileged', 'TRUSTED 1 privileged', 'TRUSTED 2 privileged', 'TRUSTED handler']);
    expect(privileges()).toBe(0n);
  });

  it('ch23#28: any other command lets a privileged image exit first, STOP too; SPAWN does not', () => {
    for (const command of ['STOP', 'X = 1', 'SHOW TIME']) {
      events.length = 0;
      keys('RUN SYS$SYSTEM:TRUSTED\r');
      keys('\x19');
      expect(typed('SPAWN/NOLOG WRITE SYS$OUTPUT "sub"')).toEqual(['sub']);
      expect(events).toEqual([]);
      const shown = typed(command);
      expect(shown).toEqual(command === 'SHOW TIME' ? ['  NOW'] : []);
      expect(events).toEqual(['TRUSTED handler']);
      expect(typed('CONTINUE')).toEqual([]);
    }
  });

  it('ch23#26: without privileges STOP passes the exit handlers by, EXIT calls them', () => {
    keys('RUN SYS$SYSTEM:PLAIN\r');
    keys('\x19');
    typed('STOP');
    expect(events).toEqual([]);
    keys('RUN SYS$SYSTEM:PLAIN\r');
    keys('\x19');
    typed('EXIT');
    expect(events).toEqual(['PLAIN handler']);
  });

  it('ch23#25: a command procedure destroys an interrupted image whatever it does', () => {
    console.type('CREATE D.COM', '$ SET DEFAULT []', '^Z');
    keys('RUN SYS$SYSTEM:PLAIN\r');
    keys('\x19');
    console.type('@D', 'CONTINUE');
    wait(40);
    expect(events).toEqual([]);
  });
});

describe('LIB$SPAWN and LIB$ATTACH', () => {
  const notes: number[] = [];
  const image = procedure('LIBSPAWN$MAIN', function* (p): Flow<number> {
    const status = p.allocate(4);
    // The image waits for the first, then starts a second and waits for its event flag.
    const first = yield* cliSpawn(p, { command: 'WRITE SYS$OUTPUT "one ", F$PROCESS()', statusAddress: status, name: 'CHILD' });
    notes.push(first.status, p.memory.readLong(status) & 1);
    const second = yield* cliSpawn(p, { command: 'EXIT %X1000002C', output: 'NL:', flags: CLI$M_NOWAIT | CLI$M_NOCLISYM, eventFlag: 3, statusAddress: status });
    yield* service(p, '$WAITFR', { efn: 3 });
    notes.push(second.status, p.memory.readLong(status) & 0xffff);
    notes.push((yield* cliSpawn(p, { name: 'TOO LONG A NAME FOR A PROCESS' })).status & 1);
    notes.push(yield* cliAttach(p, second.pid));
    notes.push((yield* cliSpawn(p, { flags: CLI$M_NOWAIT, output: 'NL:', command: 'WAIT 0:0:5', statusAddress: status, eventFlag: 3 })).status);
    return 1;
  });

  it('an image gets its subprocess through the call back; its end sets event flag and status', () => {
    console = new Console(systemDisk(), { moreImages: [{ name: 'LIBSPAWN', routines: [image], transfer: image.name }] });
    expect(typed('RUN SYS$SYSTEM:LIBSPAWN')).toEqual(['one CHILD']);
    expect(notes.slice(0, 5)).toEqual([1, 1, 1, 0x2c, 0]);
    expect(notes[5]! & 1).toBe(0);
    expect(notes[6]).toBe(1);
    // The image is gone before its last subprocess: its end is nobody's business.
    expect(typed('WAIT 0:0:2')).toEqual([]);
    for (let seconds = 0; seconds < 9; seconds += 3) console.type('');
    expect([...processes().keys()].filter((name) => name.startsWith('SYSTEM'))).toEqual(['SYSTEM']);
  });
});

it('SET PREFIX stands in front of verified lines', () => {
  console.type('CREATE V.COM', '$ SET VERIFY', '$ X = 1 + -', '1', "$ X = F$VERIFY(0)", '^Z');
  expect(typed('SET PREFIX "[!5AS] "')).toEqual(['%DCL-E-INVPREFIX, invalid prefix format string - check FAO directives']);
  expect(typed('SET PREFIX "!QQ"')).toEqual(['%DCL-E-INVPREFIX, invalid prefix format string - check FAO directives']);
  console.type('SET PREFIX "[!UL|!XL] "');
  expect(typed('@V')[0]).toBe('[0|00000000] $ X = 1 + -');
  console.type('SET PREFIX "(!8%T) "');
  const lines = typed('@V');
  expect(lines[0]).toMatch(/^\(\d\d:\d\d:\d\d\) \$ X = 1 \+ -$/);
  expect(lines[1]).toBe('           1');
});

it('RUN of an image that is not there names the file in full', () => {
  expect(typed('RUN NOSUCH')[1]).toBe('-CLI-E-IMAGEFNF, image file not found SYS$SYSROOT:[SYSMGR]NOSUCH.EXE;');
  expect(typed('RUN [X]NOSUCH.ABC')[1]).toMatch(/^-CLI-E-IM\w+, image file (not found )?SYS\$SYSROOT:\[X\]NOSUCH.ABC;$/);
});

describe('RMS defaults', () => {
  it('appC#40: RMS_DFMBC is copied into PIO$GB_DFMBC of a new process; SET RMS_DEFAULT changes the copy only', () => {
    const { sys } = console.system.kernel;
    const blocks = (command: string): string[] => console.type(command).flatMap((line) => /(?:Process|System) +\d+/.exec(line)?.[0].replace(/ +/, ' ') ?? []).slice(0, 2);
    console.type('SET RMS_DEFAULT/BLOCK_COUNT=5');
    expect(sys.SYS$GB_DFMBC).toBe(16);
    expect(blocks('SHOW RMS_DEFAULT')).toEqual(['Process 5', 'System 16']);
    expect(blocks('SPAWN/NOLOG SHOW RMS_DEFAULT')).toEqual(['Process 16', 'System 16']);
    sys.SYS$GB_DFMBC = 23;
    expect(blocks('SHOW RMS_DEFAULT')).toEqual(['Process 5', 'System 23']);
    expect(blocks('SPAWN/NOLOG SHOW RMS_DEFAULT')).toEqual(['Process 23', 'System 23']);
  });
});
