import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { IO$_READPROMPT, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { TestSystem } from '../../harness.js';

function type(system: TestSystem, text: string): void {
  for (const character of text) system.system.machine.console.receive(character.charCodeAt(0));
}

describe('$QIO to the console terminal', () => {
  test('a process assigns OPA0:, prompts, reads a line and writes it back', () => {
    const seen: Record<string, unknown> = {};
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const chan = p.allocate(4);
          seen['assign'] = yield* service(p, '$ASSIGN', { devnam: p.string('OPA0:'), chan });
          const channel = p.memory.readWord(chan);
          seen['channel'] = channel;
          const iosb = p.allocate(8);
          const prompt = p.string('\r\n$ ');
          const buffer = p.allocate(80);
          seen['read'] = yield* service(p, '$QIOW', {
            chan: channel, func: IO$_READPROMPT, iosb, p1: buffer, p2: 80, p5: p.memory.readLong(prompt + 4), p6: 4,
          });
          seen['iosb'] = p.memory.readLong(iosb);
          seen['term'] = p.memory.readLong(iosb + 4);
          seen['text'] = String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(iosb + 2)));
          const text = p.string(`got ${String(seen['text'])}`);
          seen['write'] = yield* service(p, '$QIOW', {
            chan: channel, func: IO$_WRITEVBLK, iosb, p1: p.memory.readLong(text + 4), p2: p.memory.readWord(text), p4: 32,
          });
          return 1;
        },
      },
    });
    system.runUntilIdle(1);
    expect(system.console).toBe('\r\n$ ');
    type(system, 'HELLO\r');
    system.runUntilIdle(1);
    expect(seen).toEqual({ assign: SS$_NORMAL, channel: 16, read: SS$_NORMAL, iosb: (5 << 16) | 1, term: (1 << 16) | 13, text: 'HELLO', write: SS$_NORMAL });
    expect(system.console).toBe('\r\n$ HELLO\r\ngot HELLO\r');
  });
});

