import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { LNM$_STRING } from '../../../src/executive/starlet/lnmdef.js';
import { VECTOR_LABELS } from '../../../src/executive/starlet/service-table.js';
import { TestSystem, type Program } from '../../harness.js';

function* toConsole(p: Procedure): Flow<number> {
  for (const name of ['SYS$OUTPUT', 'SYS$ERROR']) {
    const value = p.string('_OPA0:');
    const items = p.itemList([{ code: LNM$_STRING, length: 6, buffer: p.memory.readLong(value + 4) }]);
    yield* service(p, '$CRELNM', { tabnam: p.string('LNM$PROCESS'), lognam: p.string(name), itmlst: items });
  }
  return 1;
}

/** What an image that ends with `body` prints on the console, and its final status. */
function consoleOf(body: Program): { readonly text: string; readonly goesOn: boolean } {
  let goesOn = false;
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        yield* toConsole(p);
        const status = yield* body(p);
        goesOn = true;
        return status;
      },
    },
  });
  system.runUntilIdle(3);
  return { text: system.console, goesOn };
}

describe('EXE$CATCH_ALL', () => {
  test('ch04#33: a severe condition: message, summary, and the image exits', () => {
    const { text, goesOn } = consoleOf(function* (p) { return p.memory.readLong(0x1234 - 0x1200); });
    expect(text.replace(/\r\n/g, '')).toMatch(/%SYSTEM-F-ACCVIO, access violation, reason mask=00, virtual address=00000034, PC=[0-9A-F]{8}, PSL=[0-9A-F]{8}/);
    expect(text).toContain('Improperly handled condition, image exit forced.');
    expect(text).toContain('Signal arguments');
    expect(goesOn).toBe(false);
  });

  test('ch04#34: a warning or an error from LIB$SIGNAL: message, and the image goes on', () => {
    const SS$_EXQUOTA_WARNING = 0x1c & ~7;
    const { text, goesOn } = consoleOf(function* (p) { return yield* p.call(VECTOR_LABELS['LIB$SIGNAL']!, SS$_EXQUOTA_WARNING | 2); });
    expect(text).toMatch(/%SYSTEM-E-\w+/);
    expect(text).not.toContain('Signal arguments');
    expect(goesOn).toBe(true);
  });
});
