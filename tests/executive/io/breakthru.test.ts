import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { BRK$C_ALLTERMS, BRK$C_DEVICE, BRK$C_USERNAME, BRK$M_SCREEN } from '../../../src/executive/starlet/brkdef.js';
import { SS$_BADPARAM, SS$_NOOPER, SS$_NOPRIV, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { TT$M_NOBRDCST } from '../../../src/executive/starlet/ttdef.js';
import { TT2$M_DECCRT } from '../../../src/executive/starlet/tt2def.js';
import { CCB$K_LENGTH } from '../../../src/executive/structures/device.js';
import { assign, astProcedure, ccbOf, pause, runProgram, unitNamed } from './io-harness.js';

const OPER = 1n << 18n;

describe('$BRKTHRU', () => {
  test('a message to a device reaches it; the status block counts it; the AST comes', () => {
    const { seen, system } = runProgram(function* (p, out) {
      yield* assign(p, 'OPA0:');
      const iosb = p.allocate(8);
      const ast = astProcedure(p);
      out['status'] = yield* service(p, '$BRKTHRUW', {
        efn: 7, msgbuf: p.string('hello there'), sendto: p.string('OPA0:'), sndtyp: BRK$C_DEVICE, iosb, carcon: 32, astadr: ast.address, astprm: 5,
      });
      out['iosb'] = [0, 2, 4, 6].map((offset) => p.memory.readWord(iosb + offset));
      yield* pause(p, 0.1);
      out['ast'] = [p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4)];
      out['channel'] = ccbOf(p.kernel, 2 * CCB$K_LENGTH).CCB$B_AMOD;
      return 1;
    });
    expect(system.console).toBe('\nhello there\r');
    expect(seen).toEqual({ status: SS$_NORMAL, iosb: [SS$_NORMAL, 1, 0, 0], ast: [1, 5], channel: 0 });
  });

  test('ch18#52: a DECCRT gets the screen form when asked for, others the text', () => {
    const { system } = runProgram(function* (p) {
      yield* assign(p, 'OPA0:');
      const send = (): ReturnType<typeof service> => service(p, '$BRKTHRUW', {
        efn: 7, msgbuf: p.string('hi'), sendto: p.string('OPA0:'), sndtyp: BRK$C_DEVICE, carcon: 32, flags: BRK$M_SCREEN | 2,
      });
      yield* send();
      const ucb = unitNamed(p.kernel, 'OPA0');
      p.kernel.writeLong(ucb.address + 0x48, p.kernel.readLong(ucb.address + 0x48) & ~TT2$M_DECCRT);
      yield* send();
      yield* pause(p, 0.1);
      return 1;
    });
    expect(system.console).toBe('\x1b7\x1b[1;1H\x1b[K\x1b[2;1H\x1b[K\x1b[1;1Hhi\x1b8\nhi\r');
  });

  test('a terminal that refuses broadcasts is counted', () => {
    const { seen } = runProgram(function* (p, out) {
      yield* assign(p, 'OPA0:');
      const ucb = unitNamed(p.kernel, 'OPA0');
      p.kernel.writeLong(ucb.address + 0x44, p.kernel.readLong(ucb.address + 0x44) | TT$M_NOBRDCST);
      const iosb = p.allocate(8);
      yield* service(p, '$BRKTHRUW', { efn: 7, msgbuf: p.string('hi'), sndtyp: BRK$C_ALLTERMS, iosb });
      out['iosb'] = [0, 2, 4, 6].map((offset) => p.memory.readWord(iosb + offset));
      return 1;
    });
    expect(seen['iosb']).toEqual([SS$_NORMAL, 0, 0, 1]);
  });

  test('ch18#48, ch18#49, ch18#53: OPER, the shortest time-out, the largest requester class', () => {
    const { seen } = runProgram(function* (p, out) {
      yield* assign(p, 'OPA0:');
      const k = p.kernel;
      const msgbuf = p.string('x');
      const alltermsWith = (extra: object): ReturnType<typeof service> => service(p, '$BRKTHRUW', { efn: 7, msgbuf, sndtyp: BRK$C_ALLTERMS, ...extra });
      out['limits'] = [yield* alltermsWith({ timout: 4 }), yield* alltermsWith({ timout: 3 }), yield* alltermsWith({ reqid: 63 }), yield* alltermsWith({ reqid: 64 })];
      k.pcb.PCB$Q_PRIV = k.pcb.PCB$Q_PRIV & ~OPER;
      out['others'] = yield* service(p, '$BRKTHRU', { efn: 7, msgbuf, sendto: p.string('SOMEBODY'), sndtyp: BRK$C_USERNAME });
      out['brdcst'] = yield* service(p, '$BRDCST', { msgbuf });
      return 1;
    });
    expect(seen).toEqual({ limits: [SS$_NORMAL, SS$_BADPARAM, SS$_NORMAL, SS$_BADPARAM], others: SS$_NOOPER, brdcst: SS$_NOPRIV });
  });
});
