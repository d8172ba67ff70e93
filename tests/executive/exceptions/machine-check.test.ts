import { describe, expect, test } from 'vitest';
import { OperatorConsole } from '../../../src/console/operator-console.js';
import { EMB, EMB$K_MC } from '../../../src/executive/exceptions/error-log-entries.js';
import { ERL, errorLogBuffer } from '../../../src/executive/exceptions/error-log.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { SCH$C_HIB } from '../../../src/executive/structures/sch.js';
import { newDisk, WholeSystem } from '../../utilities/whole-system.js';

/** An operator's console at the same terminal; what it and the system print is in `system.text`. */
function operatorOf(system: WholeSystem): (text: string) => void {
  const operator = new OperatorConsole(system.system.machine, { transmit: (byte) => { system.text += String.fromCharCode(byte); } });
  return (text) => { for (const character of text) operator.receive(character.charCodeAt(0)); };
}

const logged = (k: Kernel): number[] => {
  const types: number[] = [];
  const buffer = errorLogBuffer(k, k.sys.ERL$GB_BUFIND);
  for (let at = buffer + ERL.size; at < ERL.at(k, buffer).ERL$L_NEXT; at += EMB.at(k, at).EMB$W_SIZE) types.push(EMB.at(k, at).EMB$W_HD_ENTRY);
  return types;
};

/** Runs until the processor is in `mode` on behalf of the session, in an image when `inP0`. */
function until(system: WholeSystem, mode: number, inP0: boolean): void {
  const { k } = system;
  const session = system.process('SYSTEM')!.address;
  for (let count = 0; count < 3_000_000; count += 1) {
    const pc = k.register(15);
    if (k.pcb.address === session && !k.cpu.onInterruptStack && k.cpu.currentMode === mode && (!inP0 || (pc >= 0x200 && pc < 0x4000_0000))) return;
    system.system.machine.run(1);
  }
  throw new Error('not reached');
}

describe('a parity error injected by the operator', () => {
  const [KERNEL, SUPERVISOR, USER] = [0, 2, 3];

  test('ch08#32, ch08#33: in user mode the image gets SS$_MCHECK and ends; it is counted and logged, and the system goes on', () => {
    const system = new WholeSystem(newDisk());
    const type = operatorOf(system);
    type('SHOW SYSTEM\r');
    until(system, USER, true);
    type('\x10INJECT PARITY\r');
    type('SET TERMINAL PROGRAM\r');
    expect(system.text).toContain('>>>INJECT PARITY');
    system.run(3);
    expect(system.text).toContain('%SYSTEM-F-MCHECK');
    expect(system.k.sys.EXE$GL_MCHKERRS).toBe(1);
    expect(logged(system.k)).toContain(EMB$K_MC);
    expect(system.type('SHOW ERROR')).toMatch(/CPU {20,}1/);
    expect(system.process('ERRFMT')!.PCB$W_STATE).toBe(SCH$C_HIB);
  });

  test('in supervisor mode the CLI gets it, and the process ends; another session can be had', () => {
    const system = new WholeSystem(newDisk());
    const pid = system.process('SYSTEM')!.PCB$L_PID;
    const type = operatorOf(system);
    type('A = 1\r');
    until(system, SUPERVISOR, false);
    type('\x10INJECT PARITY\rC\r');
    system.run(5);
    expect(system.process('SYSTEM')?.PCB$L_PID).not.toBe(pid);
    expect(system.text).not.toContain('FATAL BUG CHECK');
    system.keys('\r');
    expect(system.text.slice(-300)).toMatch(/\$ $/);
  });

  test('ch08#32: in kernel mode it is a fatal bugcheck', () => {
    const system = new WholeSystem(newDisk());
    const type = operatorOf(system);
    type('SHOW SYSTEM\r');
    until(system, KERNEL, false);
    type('\x10INJECT PARITY\r');
    system.run(1);
    expect(system.text).toContain('FATAL BUG CHECK, VERSION = V4.4     MACHINECHK');
  });

  test('ch06#26: the operator asks for IPC with D/I 14 C', () => {
    const system = new WholeSystem(newDisk());
    const type = operatorOf(system);
    type('\x10D/I 14 C\rC\r');
    system.system.machine.run(2000);
    expect(system.text).toMatch(/IPC> $/);
    type('\x1a');
    system.run(1);
    expect(system.type('WRITE SYS$OUTPUT 6*7')).toContain('42');
    type('\x10E/I 3F\rFOO\r');
    expect(system.text).toContain('?ILL REG');
    expect(system.text).toContain('?IND-COM ERR');
    type('C\r');
  });
});
