import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyProgram, prepared, ROOT } from './program.js';

/** The program as a shell sees it: what `npm run build` made, in a process of its own. */
let directory = '';
let program = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'starlet-test-'));
  program = copyProgram(directory);
  // The second run leaves a prepared machine for those that follow.
  write(['$ EXIT']);
  for (let times = 0; times < 2; times += 1) spawnSync(program, ['run', 'test.com'], { cwd: directory, env: { ...process.env, STARLET_HOME: join(directory, 'home'), STARLET_PREPARE: '1' } });
  await prepared(join(directory, 'home'));
});

afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

function starlet(args: readonly string[], input = ''): { code: number | null; out: string; err: string } {
  const ran = spawnSync(program, [...args], {
    cwd: directory, input, encoding: 'utf8', timeout: 50_000, env: { ...process.env, STARLET_HOME: join(directory, 'home') },
  });
  return { code: ran.status, out: ran.stdout.replaceAll('\0', '').replaceAll('\r', ''), err: ran.stderr };
}

function write(lines: readonly string[]): void {
  writeFileSync(join(directory, 'test.com'), `${lines.join('\n')}\n`);
}

function run(lines: readonly string[], ...parameters: readonly string[]): ReturnType<typeof starlet> {
  write(lines);
  return starlet(['run', '--fast', 'test.com', ...parameters]);
}

/** Runs a procedure whose standard input stays open, and presses CTRL/C when it has said something. */
function interrupted(lines: readonly string[]): Promise<{ code: number | null; out: string }> {
  write(lines);
  const child = spawn(program, ['run', 'test.com'], { cwd: directory, env: { ...process.env, STARLET_HOME: join(directory, 'home') } });
  let out = '';
  return new Promise((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      if (out === '') setTimeout(() => { child.kill('SIGINT'); }, 100);
      out += data.toString();
    });
    child.on('close', (code) => { resolve({ code, out }); });
  });
}

describe('starlet run', () => {
  it('writes SYS$OUTPUT to standard output and passes P1 to P8', () => {
    expect(run(['$ WRITE SYS$OUTPUT P1, "/", P2, "/", P8'], 'one', 'Two Three')).toMatchObject({ code: 0, out: 'one/Two Three/\n', err: '' });
  });

  it.each([
    ['$ EXIT 1', 0], ['$ EXIT 3', 0], ['$ EXIT %X10000000', 1], ['$ EXIT %X10000002', 2], ['$ EXIT %X10000004', 4],
    ['$ OPEN/READ F NOSUCH.DAT', 2], ['$ WAIT 1:00:00', 0],
  ])('%s ends with exit code %d', (line, code) => {
    expect(run([line]).code).toBe(code);
  });

  it('the host directory is the default directory: files are read and written there', () => {
    writeFileSync(join(directory, 'in.txt'), 'alpha\nbeta\n');
    const ran = run(['$ OPEN/READ I IN.TXT', '$ OPEN/WRITE O OUT.TXT', '$LOOP: READ/END=DONE I L', '$ WRITE O F$LENGTH(L), " ", L', '$ GOTO LOOP', '$DONE: CLOSE I', '$ CLOSE O']);
    expect(ran).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(join(directory, 'out.txt'), 'latin1')).toBe('5 alpha\n4 beta\n');
  });

  it('what a host directory does not have is refused: second names, quotas; a file being written is not deleted', () => {
    const ran = run([
      '$ SET NOON', '$ SET MESSAGE/NOFACILITY/NOSEVERITY/NOTEXT', '$ OPEN/WRITE O KEPT.TXT', '$ DELETE KEPT.TXT;', '$ CLOSE O', '$ SET FILE/ENTER=SECOND.TXT KEPT.TXT', '$ SHOW QUOTA',
      '$ WRITE SYS$OUTPUT F$SEARCH("KEPT.TXT"), F$SEARCH("SECOND.TXT")', '$ EXIT 1',
    ]);
    expect(ran.out.split('\n')).toEqual(['%FILNOTDEL', '-FLK', '%WRITEERR', '-ILLIOFUNC', '%QFNOTACT', 'HDA0:[000000]KEPT.TXT;1', '']);
  });

  it('reads the procedure from standard input; its directory is the current one', () => {
    expect(starlet(['run', '-'], '$ WRITE SYS$OUTPUT F$ENVIRONMENT("DEFAULT")\n')).toMatchObject({ code: 0, out: 'HDA0:[000000]\n' });
  });

  it('--root mounts a directory above that of the procedure, which stays the default directory', () => {
    mkdirSync(join(directory, 'Proj-1.0/vms'), { recursive: true });
    writeFileSync(join(directory, 'Proj-1.0/vms/build.com'), '$ SHOW DEFAULT\n$ SET DEFAULT [-]\n$ WRITE SYS$OUTPUT F$SEARCH("[]*.DIR")\n');
    expect(starlet(['run', '--fast', '--root', '.', 'Proj-1.0/vms/build'])).toMatchObject({ code: 0, out: '  HDA0:[PROJ-1_0.VMS]\nHDA0:[PROJ-1_0]VMS.DIR;1\n' });
    write(['$ EXIT 1']);
    expect(starlet(['run', '--root', 'Proj-1.0/vms', 'test.com'])).toMatchObject({ code: 64, out: '' });
  });

  it('EXIT at the outermost level shows its status, like one further in; status 0 is a warning', () => {
    expect(run(['$ EXIT %X2C'])).toMatchObject({ code: 4, out: '%SYSTEM-F-ABORT, abort\n' });
    expect(run(['$ EXIT %X1000002C'])).toMatchObject({ code: 4, out: '' });
    expect(run(['$ EXIT 0']).code).toBe(1);
  });

  it('two runs print the same', () => {
    const lines = ['$ I = 0', '$LOOP: I = I + 1', '$ WRITE SYS$OUTPUT F$FAO("!3UL !XL", I, I*I)', '$ IF I .LT. 50 THEN GOTO LOOP', '$ SHOW SYMBOL/ALL'];
    const first = run(lines);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out.split('\n').slice(48, 50)).toEqual([' 49 00000961', ' 50 000009C4']);
    expect(run(lines).out).toBe(first.out);
  });
});
describe('starlet run and the host', () => {
  const FILTER = ['$LOOP: READ/END_OF_FILE=DONE SYS$COMMAND L', '$ WRITE SYS$OUTPUT "<",L,">"', '$ GOTO LOOP', '$DONE: EXIT 1'];

  it('SYS$COMMAND is standard input, without prompts and echo; CR LF and a last line without an end are lines', () => {
    write([...FILTER.slice(0, 3), '$DONE: INQUIRE X "Name"', '$ WRITE SYS$OUTPUT "end",X']);
    expect(starlet(['run', '--fast', 'test.com'], 'a  b\r\n\nlast')).toEqual({ code: 0, out: '<a  b>\n<>\n<last>\nend\n', err: '' });
    write(['$ INQUIRE X "Name"', '$ WRITE SYS$OUTPUT X', '$ READ SYS$INPUT Y', 'data of the procedure', '$ WRITE SYS$OUTPUT Y']);
    expect(starlet(['run', 'test.com'], 'fred  smith\n').out).toBe('FRED SMITH\ndata of the procedure\n');
  });

  it('a procedure that goes on asking when standard input has ended is ended', () => {
    const { code, out, err } = run(['$ ASK: INQUIRE X "name"', '$ IF X .EQS. "" THEN GOTO ASK', '$ WRITE SYS$OUTPUT "never"']);
    expect({ code, out, err }).toEqual({ code: 66, out: '', err: 'starlet: the procedure goes on asking, but standard input has ended\n' });
  });

  it('standard input is left alone by a procedure that does not read it', () => {
    write(['$ WRITE SYS$OUTPUT P1']);
    const ran = spawnSync('sh', ['-c', `while read x; do "${process.execPath}" "${join(ROOT, 'bin/starlet')}" run --fast test.com $x; done`], {
      cwd: directory, input: 'a\nb\n', encoding: 'utf8', timeout: 50_000, env: { ...process.env, STARLET_HOME: join(directory, 'home') },
    });
    expect(ran.stdout).toBe('a\nb\n');
  });

  it('a reader of the output that goes away ends it; so does a full device, with a message', () => {
    write(FILTER);
    const shell = (command: string): ReturnType<typeof spawnSync> => spawnSync('bash', ['-c', command], {
      cwd: directory, encoding: 'utf8', timeout: 50_000, env: { ...process.env, STARLET_HOME: join(directory, 'home'), STARLET: `${process.execPath} ${join(ROOT, 'bin/starlet')}` },
    });
    expect(shell('yes | $STARLET run --fast test.com | head -2; echo ${PIPESTATUS[1]}').stdout).toBe('<y>\n<y>\n141\n');
    expect(shell('echo x | $STARLET run --fast test.com > /dev/full')).toMatchObject({ status: 74, stderr: expect.stringMatching(/^starlet: cannot write the output: ENOSPC/) as string });
  });

  it('--define makes logical names of the process; with commas search lists', () => {
    write(['$ WRITE SYS$OUTPUT F$TRNLNM("A","LNM$PROCESS"),"/",F$TRNLNM("LIST",,1)," ",F$TRNLNM("LIST",,0,,,"MAX_INDEX")']);
    expect(starlet(['run', '--fast', '--define', 'a=x=y', '--define', 'LIST=DUA0:[A],HDA0:[b]', 'test.com']).out).toBe('x=y/HDA0:[b] 1\n');
    expect(starlet(['run', '--define', '=x', 'test.com'])).toMatchObject({ code: 64, err: "starlet: --define takes NAME=VALUE of up to 255 characters, not '=x'\n" });
  });

  it('--verify shows the commands, --trace=dcl-subst what becomes of each', () => {
    const lines = ['$ say = "WRITE SYS$OUTPUT"', '$ name = "Fred"'];
    write([...lines, '$ IF name .NES. "" THEN say "Hi \'\'name\'"']);
    const traced = starlet(['run', '--fast', '--verify', '--trace=dcl-subst', 'test.com']);
    expect(traced.out).toBe([...lines, '$ IF name .NES. "" THEN say "Hi Fred"', 'Hi Fred', ''].join('\n'));
    expect(traced.err).toContain([
      'dcl-subst read     $ IF name .NES. "" THEN say "Hi \'\'name\'"', 'dcl-subst scan     $ IF name .NES. "" THEN say "Hi Fred"',
      'dcl-subst parse    IF name .NES. "" THEN say "Hi Fred"', 'dcl-subst evaluate IF 1 (true)', 'dcl-subst parse    WRITE SYS$OUTPUT "Hi Fred"',
      'dcl-subst evaluate WRITE Hi Fred', '',
    ].join('\n'));
    expect(starlet(['run', '--trace=frob', 'test.com'])).toMatchObject({ code: 64, err: expect.stringContaining('There are: dcl-subst.') as string });
  });

  it('--timeout ends it with a message and exit code 124', () => {
    write(['$ WRITE SYS$OUTPUT "on"', '$L: GOTO L']);
    expect(starlet(['run', '--timeout', '3', 'test.com'])).toEqual({ code: 124, out: 'on\n', err: 'starlet: timed out after 3 s\n' });
  });

  it('CTRL/C is CTRL/Y: ON CONTROL_Y takes it, or the run ends with 130', async () => {
    expect(await interrupted(['$ ON CONTROL_Y THEN GOTO Y', '$ WRITE SYS$OUTPUT "on"', '$ INQUIRE X', '$ EXIT', '$Y: WRITE SYS$OUTPUT "taken ",X', '$ EXIT 2'])).toEqual({ code: 2, out: expect.stringMatching(/^on\n\*INTERRUPT\*\n+%DCL-W-UNDSYM/) as string });
    expect(await interrupted(['$ WRITE SYS$OUTPUT "on"', '$ WAIT 1:00'])).toEqual({ code: 130, out: 'on\n*INTERRUPT*\n' });
  });

  it('SHOW SYSTEM has only the processes that stay', () => {
    expect(run(['$ SHOW SYSTEM']).out).toMatch(/Ph\.Mem\n\w{8} NULL .*\n\w{8} SWAPPER .*\n\w{8} ERRFMT .*\n\w{8} JOB_CONTROL .*\n\w{8} OPCOM .*\n\w{8} STARLET_RUN .*\n$/);
  });
});

describe('starlet', () => {
  it('types piped lines at the console and ends when they are used up', () => {
    const { code, out } = starlet(['start', '--fast'], 'X = 6 * 7\nSHOW SYMBOL X\nLOGOUT\n');
    expect(code).toBe(0);
    expect(out).toContain('$ SHOW SYMBOL X\n  X = 42   Hex = 0000002A  Octal = 00000000052\n');
  });

  it('SHUTDOWN.COM ends it with exit code 0; with a boot asked for, the system comes up again', () => {
    const stopped = starlet(['start', '--fast'], '@SYS$SYSTEM:SHUTDOWN 0 Test NO NO\n');
    expect(stopped.code).toBe(0);
    expect(stopped.out).toMatch(/SYSTEM SHUTDOWN COMPLETE - USE CONSOLE TO HALT SYSTEM\n$/);
    const again = starlet(['start', '--fast'], '@SYS$SYSTEM:SHUTDOWN 0 Test NO YES\n');
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/SYSTEM SHUTDOWN COMPLETE[^]*Welcome to VAX[^]*\$ $/);
  });

  it('--conversational asks at SYSBOOT> until the system boots', () => {
    const lines = ['SET NPAGEDYN 999999999', 'CONTINUE', 'USE CURRENT', 'SET MAXPROCESSCNT 70', 'CONTINUE', 'WRITE SYS$OUTPUT "HAS ", F$GETSYI("MAXPROCESSCNT")', 'LOGOUT', ''];
    const { code, out } = starlet(['start', '--fast', '--conversational'], lines.join('\n'));
    expect(code).toBe(0);
    expect(out).toMatch(/SYSBOOT> {2}CONTINUE\n%SYSBOOT-E-NOMEMORY, [^]*SYSBOOT> {2}CONTINUE\n[^]*WRITECUR[^]*\nHAS 70\n/);
  });

  it('a crash ends with exit code 70 and leaves a dump that SDA opens from the file alone', () => {
    expect(starlet(['start', '--fast', '--dump-to', 'crash.dmp'], 'RUN SYS$SYSTEM:OPCCRASH\n').code).toBe(70);
    const { code, out } = starlet(['sda', 'crash.dmp', '-c', 'SHOW CRASH']);
    expect(code).toBe(0);
    expect(out).toContain('OPERCRASH, Operator forced system crash');
  });

  /** Runs the program on a terminal of its own, made by util-linux's script. */
  const onTerminal = (command: string, keys: string): string => spawnSync('script', ['-qec', `node ${join(ROOT, 'bin/starlet')} ${command}`, '/dev/null'], {
    cwd: directory, input: keys, encoding: 'utf8', timeout: 50_000, env: { ...process.env, STARLET_HOME: join(directory, 'home') },
  }).stdout;
  const hasScript = process.platform === 'linux' && spawnSync('script', ['-V']).status === 0;

  it.skipIf(!hasScript)('full screens open, also when V8 has kept the program\'s code from an earlier run', () => {
    expect(starlet(['sda', '--example', '-c', 'SHOW CRASH']).code).toBe(0);
    expect(readdirSync(join(directory, 'home/code')).some((name) => name.endsWith('-sda'))).toBe(true);
    const shown = onTerminal('sda --example --browse', 'q');
    expect(shown).not.toContain('internal error');
    expect(shown).toContain('RETURN follows');
  });

  it('a system disk that another process has is refused; a lock that a process left behind is not', () => {
    const lock = join(directory, 'home', 'system.dsk.lock');
    writeFileSync(lock, String(process.pid));
    const refused = starlet(['start', '--fast'], '');
    expect([refused.code, refused.err]).toEqual([75, expect.stringContaining(`is in use by process ${process.pid}`)]);
    writeFileSync(lock, '999999999');
    expect(starlet(['start', '--fast'], '').code).toBe(0);
  });

  it.each([
    [['run', 'nosuch.com'], 66, 'starlet: no file'], [['frob'], 64, "starlet: no command 'frob'"], [['start', '--frob'], 64, 'starlet:'],
    [['sda', 'nosuch.dmp'], 66, 'starlet: cannot read'], [['start', '--disk', 'test.com'], 73, 'starlet: test.com is not a system disk'], [['start', '--memory', 'x'], 64, 'starlet: --memory must be'],
  ])('%j: one line and exit code %d', (args, code, text) => {
    write(['$ EXIT']);
    const ran = starlet(args);
    expect(ran.code).toBe(code);
    expect(ran.out).toBe('');
    expect(ran.err.trim().split('\n')).toHaveLength(1);
    expect(ran.err).toContain(text);
  });
});
