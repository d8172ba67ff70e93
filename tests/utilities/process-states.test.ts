import { expect, test } from 'vitest';
import { PPD, PPD_ADDRESS } from '../../src/dcl/index.js';
import { STG } from '../../src/dcl/structures.js';
import { waitQueueHeader } from '../../src/executive/scheduling/queues.js';
import type { PCB } from '../../src/executive/structures/pcb.js';
import { RSN$_ASTWAIT, RSN$_MAILBOX, RSN$_NPDYNMEM, SCH$C_HIB, SCH$C_MWAIT } from '../../src/executive/structures/sch.js';
import { newDisk, WholeSystem } from './whole-system.js';

/** Moves a hibernating process to the mutex wait queue. */
function makeWait(system: WholeSystem, pcb: ReturnType<typeof PCB.at>, what: number): void {
  const { k } = system;
  const move = (from: number, to: number): void => {
    k.removeQueue(pcb.address);
    k.writeWord(waitQueueHeader(k, from) + 8, k.readWord(waitQueueHeader(k, from) + 8) - 1);
    k.insertTail(pcb.address, waitQueueHeader(k, to));
    k.writeWord(waitQueueHeader(k, to) + 8, k.readWord(waitQueueHeader(k, to) + 8) + 1);
    pcb.PCB$W_STATE = to;
  };
  if (pcb.PCB$W_STATE === SCH$C_HIB) move(SCH$C_HIB, SCH$C_MWAIT);
  pcb.PCB$L_EFWM = what;
}

test('ch02#34: SHOW SYSTEM shows MUTEX for a process that waits for a mutex, RWxxx for one that waits for a resource', () => {
  const system = new WholeSystem(newDisk());
  const { k } = system;
  const pcb = system.process('ERRFMT')!;
  const shown = (): string | undefined => /ERRFMT +(\S+)/.exec(system.type('SHOW SYSTEM'))?.[1];
  expect(shown()).toBe('HIB');
  const states: (string | undefined)[] = [];
  for (const what of [k.symbol('LNM$AL_MUTEX'), k.symbol('EXE$GL_PGDYNMTX'), RSN$_ASTWAIT, RSN$_MAILBOX, RSN$_NPDYNMEM]) {
    makeWait(system, pcb, what);
    states.push(shown());
  }
  expect(states).toEqual(['MUTEX', 'MUTEX', 'RWAST', 'RWMBX', 'RWNPG']);
});

test('ch04#31: an exception in the CLI, in supervisor mode: its exit handlers are cancelled, and the process is deleted', () => {
  const system = new WholeSystem(newDisk());
  const { k } = system;
  expect(system.type('A = 1')).not.toContain('%');
  const session = system.process('SYSTEM')!;
  // The free list of DCL's symbol table is damaged while DCL is on its way to the next command.
  let isDamaged = false;
  for (const character of '\r') system.system.machine.console.receive(character.charCodeAt(0));
  for (let count = 0; count < 400_000 && !isDamaged; count += 1) {
    system.system.machine.run(1);
    if (k.pcb.address !== session.address || k.cpu.onInterruptStack || !k.cpu.probe(PPD_ADDRESS, 0x80, 0, true)) continue;
    k.writeLong(k.readLong(PPD_ADDRESS + PPD.offset.PPD$L_SYMTBL) + STG.offset.STG$L_FREE, 0x200);
    isDamaged = true;
  }
  expect(isDamaged).toBe(true);
  const pid = session.PCB$L_PID;
  system.type('B = "needs a block"');
  system.run(5);
  expect(system.text).toMatch(/Improperly handled condition[^]*Name   = 0000000C/);
  const after = system.process('SYSTEM');
  expect(after === undefined || after.PCB$L_PID !== pid).toBe(true);
  expect(system.text).not.toContain('FATAL BUG CHECK');
  // Another session can be had.
  system.keys('\r');
  expect(system.text.slice(-400)).toMatch(/\$ $/);
});
