import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ResidentImage } from '../../src/executive/boot/sysboot.js';
import { procedure, type Flow } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { VECTOR_LABELS } from '../../src/executive/starlet/service-table.js';
import { SS$_NORMAL } from '../../src/executive/starlet/ssdef.js';
import { Console, systemDisk } from '../sysgen/console.js';

/** LIB$PAUSE: an image interrupts itself (book 23.3.5). */

const events: string[] = [];
const main = procedure('PAUSER$MAIN', function* (p): Flow<number> {
  const block = p.allocate(20);
  p.memory.writeLong(block + 4, p.argument(1));
  p.memory.writeLong(block + 8, 1);
  p.memory.writeLong(block + 12, p.allocate(4));
  yield* service(p, '$DCLEXH', { desblk: block });
  for (const round of [1, 2]) {
    p.memory.writeLong(block + 16, round);
    events.push(`pause ${yield* p.call(VECTOR_LABELS['LIB$PAUSE']!)}, ${p.memory.readLong(block + 16)}`);
  }
  return SS$_NORMAL;
});
const handler = procedure('PAUSER$HANDLER', function* (): Flow<number> {
  events.push('handler');
  return SS$_NORMAL;
});
const PAUSER: ResidentImage = {
  name: 'PAUSER', routines: [main, handler], transfer: 'PAUSER$START',
  source: 'PAUSER$START::\n\t.WORD\t0\n\tPUSHAB\tPAUSER$HANDLER\n\tCALLS\t#1,PAUSER$MAIN\n\tRET\n',
};

describe('an image that pauses', () => {
  let console: Console;
  beforeAll(() => { console = new Console(systemDisk(), { moreImages: [PAUSER] }); }, 60_000);
  beforeEach(() => { events.length = 0; });

  it('ch23#42: stays resident while commands are typed, and CONTINUE goes on with it', () => {
    expect(console.type('RUN SYS$SYSTEM:PAUSER')).toEqual([]);
    expect(console.type('X = 6 * 7', 'WRITE SYS$OUTPUT X')).toEqual(['42']);
    expect(events).toEqual([]);
    console.type('CONTINUE');
    expect(events).toEqual(['pause 1, 1']);
    console.type('CONTINUE');
    expect(events).toEqual(['pause 1, 1', 'pause 1, 2', 'handler']);
    console.type('CONTINUE');
    expect(events).toHaveLength(3);
  });

  it('STOP and commands that need an image give it up, EXIT lets its exit handlers run', () => {
    for (const [command, rest] of [['STOP', []], ['TYPE NL:', []], ['EXIT', ['handler']]] as const) {
      events.length = 0;
      console.type('RUN SYS$SYSTEM:PAUSER', command, 'CONTINUE');
      expect(events).toEqual(rest);
      expect(console.type('WRITE SYS$OUTPUT "here"')).toEqual(['here']);
    }
  });

  it('in a procedure too: the commands are the terminal\'s, and the procedure goes on afterwards', () => {
    console.type('CREATE P.COM', '$ RUN SYS$SYSTEM:PAUSER', '$ WRITE SYS$OUTPUT "next"', '^Z', '@P');
    expect(console.type('CONTINUE')).toEqual([]);
    expect(console.type('CONTINUE')).toEqual(['next']);
    expect(events).toEqual(['pause 1, 1', 'pause 1, 2', 'handler']);
  });
});
