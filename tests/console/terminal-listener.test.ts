import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listenOption } from '../../src/cli/listen.js';
import { UsageError } from '../../src/cli/usage.js';
import { Telnet } from '../../src/console/telnet.js';
import { TerminalListener } from '../../src/console/terminal-listener.js';
import { newDisk, WholeSystem } from '../utilities/whole-system.js';

/**
 * Real sockets and a whole system in virtual time. Nothing here waits for the host's clock: a step is a turn of the event loop and a piece of
 * the machine's time, and steps go on until what is waited for has happened.
 */
const STEPS = 3000;

let directory = '';
let listener: TerminalListener;
let sockets: Socket[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'starlet-lines-'));
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await listener.close();
  rmSync(directory, { recursive: true, force: true });
});

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** Somebody at the other end of a socket. */
class Caller {
  text = '';
  isClosed = false;

  constructor(readonly socket: Socket, private readonly system: WholeSystem) {
    sockets.push(socket);
    socket.on('data', (data) => { this.text += data.toString('latin1'); });
    socket.on('close', () => { this.isClosed = true; });
    socket.on('error', () => undefined);
  }

  /** Lets the machine run until `done`. */
  async until(done: () => boolean): Promise<void> {
    for (let step = 0; step < STEPS; step += 1) {
      await turn();
      if (done()) return;
      this.system.run(0.05);
      listener.flush();
    }
    throw new Error(`it never happened; the line says ${JSON.stringify(this.text.slice(-300))}`);
  }

  /** Types and waits for a text that comes behind it. @returns what came */
  async type(text: string, answer: string): Promise<string> {
    const from = this.text.length;
    this.socket.write(text);
    await this.until(() => this.text.slice(from).includes(answer));
    return this.text.slice(from).replaceAll('\0', '').replaceAll('\r', '');
  }

  async login(user: string, password: string): Promise<void> {
    await this.type('\r', 'Username: ');
    await this.type(`${user}\r`, 'Password: ');
    await this.type(`${password}\r`, '$ ');
  }
}

async function start(lines: number): Promise<{ system: WholeSystem; path: string; call: () => Caller }> {
  listener = new TerminalListener(lines);
  const path = join(directory, 'tty');
  expect(await listener.listen({ path })).toBe(path);
  const system = new WholeSystem(newDisk(), { terminals: listener });
  return { system, path, call: () => new Caller(connect(path), system) };
}

describe('connections are terminal lines', () => {
  test('a key logs in; SHOW USERS and REPLY see the lines; a lost connection ends its process and frees the line; LOGOUT/HANGUP ends the connection', { timeout: 120_000 }, async () => {
    const { system, path, call } = await start(2);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [one, two] = [call(), call()];
    await one.login('SYSTEM', 'MANAGER');
    await two.login('USER', 'USER');
    const users = await one.type('SHOW USERS\r', 'TTA1:');
    expect(users).toMatch(/SYSTEM +SYSTEM +[0-9A-F]{8} +OPA0:\n SYSTEM +_TTA0: +[0-9A-F]{8} +TTA0:\n USER +USER +[0-9A-F]{8} +TTA1:/);

    const three = call();
    await three.until(() => three.isClosed);
    expect(three.text).toContain('All lines are in use');

    await one.type('REPLY/ALL "lunch is ready"\r', 'lunch is ready\r');
    await two.until(() => two.text.includes('lunch is ready'));
    await two.type('TYPE SYS$INPUT\r', '\n');

    two.socket.destroy();
    await one.until(() => system.process('USER') === undefined);
    const four = call();
    await four.login('USER', 'USER');
    expect(await four.type('SHOW USERS\r', '$ ')).toMatch(/USER .*TTA1:/);
    four.socket.write('LOGOUT/HANGUP\r');
    await four.until(() => four.isClosed);
    expect(four.text).toMatch(/USER +logged out at/);
    expect(system.process('USER')).toBeUndefined();

    await listener.close();
    expect(existsSync(path)).toBe(false);
    await one.until(() => one.isClosed && system.process('_TTA0:') === undefined);
  });

  test('a hang-up takes DCL out of a procedure, out of an image, and out of a subprocess; ON CONTROL_Y does not hold it', { timeout: 120_000 }, async () => {
    const { system, call } = await start(3);
    const callers: Caller[] = [];
    for (const commands of [
      ['CREATE LOOP.COM\r$ ON CONTROL_Y THEN GOTO L\r$L: WAIT 0:0:1\r$ GOTO L\r\x1a', '@LOOP\r'], ['RUN SYS$SYSTEM:SYSGEN\r'], ['SPAWN\r', 'SPAWN\r'],
    ]) {
      const caller = call();
      callers.push(caller);
      await caller.login('SYSTEM', 'MANAGER');
      for (const command of commands) {
        caller.socket.write(command);
        const before = caller.text.length;
        await caller.until(() => caller.text.length > before);
        for (let step = 0; step < 20; step += 1) {
          await turn();
          system.run(0.1);
          listener.flush();
        }
      }
    }
    const running = (): number => system.k.sys.SYS$GW_IJOBCNT;
    expect(running()).toBe(4);
    for (const caller of callers) caller.socket.destroy();
    await callers[0]!.until(() => running() === 1);
    expect(system.process('SYSTEM_1')).toBeUndefined();
    expect(system.type('SHOW TIME')).toMatch(/1986/);
  });

  test('what a terminal types before it ends its side is read first', { timeout: 60_000 }, async () => {
    const { system, call } = await start(1);
    const caller = call();
    await caller.login('SYSTEM', 'MANAGER');
    caller.socket.end('CREATE DONE.TXT\rall of it\r\x1a');
    await caller.until(() => caller.isClosed);
    await caller.until(() => system.process('_TTA0:') === undefined);
    expect(system.type('TYPE DONE.TXT')).toContain('all of it');
  });

  test('somebody who does not read holds up their own process only, and little waits in the host', { timeout: 120_000 }, async () => {
    const { system, call } = await start(2);
    const [slow, other] = [call(), call()];
    await slow.login('SYSTEM', 'MANAGER');
    await other.login('USER', 'USER');
    slow.socket.pause();
    slow.socket.write('L:=TYPE SYS$EXAMPLES:*.*\rL\rL\rL\rL\rL\rL\rL\rL\rL\rL\r');
    for (let step = 0; step < 400; step += 1) {
      await turn();
      system.run(0.1);
      listener.flush();
    }
    expect(await other.type('SHOW TIME\r', '1986')).toContain('1986');
    slow.socket.resume();
    await slow.until(() => (slow.text.match(/\$ L\r/g) ?? []).length === 10);
  });
});

describe('the socket', () => {
  test('a path that is left over is taken, one that somebody listens to is not', async () => {
    const path = join(directory, 'tty');
    listener = new TerminalListener(1);
    await listener.listen({ path });
    const second = new TerminalListener(1);
    await expect(second.listen({ path })).rejects.toThrow(/EADDRINUSE/);
    await second.close();
  });

  test('a port is bound on this host only, and gone after close', async () => {
    listener = new TerminalListener(1);
    const address = await listener.listen({ host: '127.0.0.1', port: 0, raw: true });
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    await listener.close();
    const refused = await new Promise<string>((resolve) => {
      connect(Number(address.split(':')[1]), '127.0.0.1').on('error', (error: NodeJS.ErrnoException) => { resolve(error.code ?? ''); });
    });
    expect(refused).toBe('ECONNREFUSED');
  });

  test.each([
    ['2323', { host: '127.0.0.1', port: 2323, raw: false }], ['raw:2323', { host: '127.0.0.1', port: 2323, raw: true }],
    ['0.0.0.0:23', { host: '0.0.0.0', port: 23, raw: false }], ['[::1]:23', { host: '::1', port: 23, raw: false }], ['./tty', { path: './tty' }],
  ])('--listen %s', (text, address) => {
    expect(listenOption(text, undefined)).toEqual([address]);
  });

  test.each(['99999', 'raw:x', ''])('--listen %s is refused', (text) => {
    expect(() => listenOption(text, undefined)).toThrow(UsageError);
  });
});

describe('telnet', () => {
  const bytes = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
  const decodeAll = (input: number[]): { typed: number[]; reply: number[] } => new Telnet().decode(input);

  test('commands are taken out, IAC IAC is one character, in pieces of any size', () => {
    const input = [97, 255, 255, 255, 251, 31, 98, 255, 250, 31, 0, 80, 255, 255, 255, 240, 99, 255, 244, 255, 243];
    const whole = decodeAll(input);
    expect(whole.typed).toEqual([97, 255, 98, 99, 3, 25]);
    const telnet = new Telnet();
    expect(input.flatMap((byte) => telnet.decode([byte]).typed)).toEqual(whole.typed);
  });

  test('RETURN is one character whether it comes as CR LF, CR NUL or CR; with binary on, CR is CR', () => {
    expect(decodeAll(bytes('a\r\nb\r\0c\rd')).typed).toEqual(bytes('a\rb\rc\rd'));
    expect(decodeAll([255, 251, 0, ...bytes('a\r\n')]).typed).toEqual(bytes('a\r\n'));
  });

  test('what was offered and is accepted is not answered; what is not known is declined, once for each time it is asked for', () => {
    expect(decodeAll([255, 253, 1, 255, 253, 3, 255, 251, 3]).reply).toEqual([]);
    expect(decodeAll([255, 253, 24, 255, 251, 31]).reply).toEqual([255, 252, 24, 255, 254, 31]);
    expect(decodeAll([255, 254, 1, 255, 254, 1]).reply).toEqual([255, 252, 1]);
  });
});
