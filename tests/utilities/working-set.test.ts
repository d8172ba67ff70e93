import { expect, test } from 'vitest';
import type { Kernel } from '../../src/executive/kernel.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { PHD } from '../../src/executive/structures/phd.js';
import { WSL$M_VALID } from '../../src/executive/structures/pte.js';
import { asFiles, linked } from './linked-images.js';
import { UtilitySession } from './session.js';

/** SET and SHOW WORKING_SET; what images begin and leave with. @source book 16.4 */
function processOf(k: Kernel): { readonly pcb: ReturnType<typeof PCB.at>; readonly phd: ReturnType<typeof PHD.at> } {
  let found = 0;
  for (let index = 0; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (pcb !== k.symbol('SCH$GL_NULLPCB')) found = pcb;
  }
  const pcb = PCB.at(k, found);
  return { pcb, phd: PHD.at(k, pcb.PCB$L_PHD) };
}

const countOf = (phd: ReturnType<typeof PHD.at>, index: number): number => index - phd.PHD$W_WSLIST + 1;

test('ch16#36: a limit above the quota raises both; nothing goes above what is authorized', () => {
  const session = new UtilitySession();
  const { pcb, phd } = processOf(session.session.system.kernel);
  const most = countOf(phd, phd.PHD$W_WSAUTHEXT);
  const wanted = most - 20;
  session.lines(`SET WORKING_SET/QUOTA=${wanted - 50}/LIMIT=${wanted - 60}`);
  expect([phd.PHD$W_DFWSCNT, phd.PHD$W_WSQUOTA].map((index) => countOf(phd, index))).toEqual([wanted - 60, wanted - 50]);
  expect(session.lines(`SET WORKING_SET/LIMIT=${wanted}/LOG`)).toEqual([`%SET-I-NEWLIMS, new working set: Limit = ${wanted}  Quota = ${wanted}  Extent = ${most}`]);
  expect([phd.PHD$W_DFWSCNT, phd.PHD$W_WSQUOTA].map((index) => countOf(phd, index))).toEqual([wanted, wanted]);
  session.lines(`SET WORKING_SET/EXTENT=${most + 1000}/LIMIT=${most + 1000}`);
  expect([phd.PHD$W_DFWSCNT, phd.PHD$W_WSEXTENT].map((index) => countOf(phd, index))).toEqual([most, most]);
  expect(pcb.PCB$V_DISAWS).toBe(0);
  session.lines('SET WORKING_SET/NOADJUST');
  expect(pcb.PCB$V_DISAWS).toBe(1);
  expect(session.lines('SHOW WORKING_SET')[1]).toMatch(/^ {2}Adjustment disabled/);
  session.lines('SET WORKING_SET/ADJUST');
  expect(session.lines('SHOW WORKING_SET')[1]).toMatch(/^ {2}Adjustment enabled/);
});

test('ch16#29, ch16#42: an image begins without pages of the command language, and leaves the limit as it was', () => {
  const main = linked('MAIN', `
	.PSECT DATA,WRT,NOEXE
CHANGE:	.LONG 30
	.PSECT CODE,NOWRT
	.ENTRY START,0
	PUSHL #0
	PUSHL CHANGE
	CALLS #2,@#SYS$ADJWSL
	CALLS #0,@#SYS$HIBER
	RET
	.END START
`);
  const session = new UtilitySession(asFiles({ MAIN: main }));
  const { kernel: k } = session.session.system;
  const pages = (): string[] => {
    const { phd } = processOf(k);
    const list: string[] = [];
    for (let index = phd.PHD$W_WSDYN; index <= phd.PHD$W_WSLAST; index += 1) {
      const entry = k.readLong(phd.address + 4 * index);
      if (entry & WSL$M_VALID) list.push((entry & ~0x1ff).toString(16));
    }
    return list.sort();
  };
  const { phd } = processOf(k);
  const usual = phd.PHD$W_WSSIZE;
  expect(usual).toBe(countOf(phd, phd.PHD$W_DFWSCNT));
  const before = pages();
  session.lines('RUN MAIN');
  const kept = pages().filter((page) => before.includes(page));
  // Without $PURGWS all of them would still be there: the list has room.
  expect(before.length).toBeLessThan(usual / 2);
  expect(kept.length).toBeLessThan(before.length / 2);
  expect(phd.PHD$W_WSSIZE).toBe(usual + 30);
  session.session.control('Y');
  session.lines('STOP');
  expect(phd.PHD$W_WSSIZE).toBe(usual);
});
