import { beforeAll, describe, expect, it } from 'vitest';
import { Session } from './boot-dcl.js';

/** Lines that need no service: nothing but the pause between two commands lets an interrupt in. */
const LOOPS: Readonly<Record<string, string>> = {
  'GOTO.COM': '$ I = 0\n$ L: I = I + 1\n$ GOTO L\n',
  'GOSUB.COM': '$ L: GOSUB S\n$ GOTO L\n$ S: RETURN\n',
  'SKIP.COM': '$ L: IF 1 .EQ. 0\n$ THEN\n$ X = 1\n$ ENDIF\n$ GOTO L\n',
  'HANDLER.COM': '$ ON CONTROL_Y THEN EXIT\n$ L: GOTO L\n',
};

describe('a procedure that never ends', () => {
  let session: Session;
  beforeAll(() => {
    session = new Session([], LOOPS);
    session.run();
    session.type('set control=t');
  });

  /** Keys pressed while the machine is busy. */
  function press(keys: string): string {
    const from = session.console.length;
    for (const key of keys) {
      session.system.machine.console.receive(key.charCodeAt(0));
      for (let slices = 0; slices < 30; slices += 1) session.system.machine.run(1000);
    }
    return session.console.slice(from);
  }

  it.each(Object.keys(LOOPS))('%s is interrupted by CTRL/T and CTRL/Y', (file) => {
    press(`@${file}\r`);
    expect(press('\x14')).toMatch(/\(DCL\) {3}CPU=/);
    expect(press('\x14')).toMatch(/\(DCL\) {3}CPU=/);
    press('\x19');
    // A prompt in the middle of the procedure, unless it has an action of its own; STOP leaves it.
    if (file !== 'HANDLER.COM') session.type('stop');
    expect(session.type('write sys$output f$environment("depth")')).toMatch(/[\r\n]0\r/);
  });
});
