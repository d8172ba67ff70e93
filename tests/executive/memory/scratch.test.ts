import { test } from 'vitest';
import { checkMemory } from '../../../src/executive/memory/check.js';
import { FAULT_COUNTERS } from '../../../src/executive/memory/fault-counts.js';
import { MMG$ALLOCPFN } from '../../../src/executive/memory/page-lists.js';
import { newDisk, WholeSystem } from '../../utilities/whole-system.js';
import { PHD } from '../../../src/executive/structures/phd.js';

test('scratch', () => {
  const par = JSON.parse(process.env['PAR'] ?? '{}');
  const s = new WholeSystem(newDisk(4, 4000), { parameters: par });
  const show = (t: string) => {
    const k = s.k;
    console.log(t, 'free', k.sys.SCH$GL_FREECNT, 'mfy', k.sys.SCH$GL_MFYCNT, 'lim', k.sys.SCH$GL_MFYLIM, 'pfl', k.readLong(k.readLong(k.sys.MMG$GL_PAGSWPVC + 4 * (k.sys.SGN$GW_SWPFILES + 1)) + 0x18),
      FAULT_COUNTERS.map((n, i) => `${n} ${k.readLong(k.symbol('PMS$GL_FAULTS') + 4 * i)}`).join(', '));
    console.log(checkMemory(k, (n) => k.symbol(n)).slice(0, 10));
  };
  show('boot');
  const hog = Number(process.env['HOG'] ?? 0);
  if (hog) while (s.k.sys.SCH$GL_FREECNT > hog) MMG$ALLOCPFN(s.k);
  show('hog');
  for (const c of ['show time', 'directory sys$system', 'show memory', 'show process/accounting', 'show system', 'type sys$manager:systartup.com', 'show working_set', 'dir sys$help:/full', 'help show', '']) {
    const text = s.type(c);
    console.log(text.slice(-600));
    show(c);
  }
  const p = s.process('SYSTEM')!;
  const phd = PHD.at(s.k, p.PCB$L_PHD);
  console.log(p.PCB$W_PPGCNT, p.PCB$W_GPGCNT, phd.PHD$W_WSSIZE, phd.PHD$W_WSLAST - phd.PHD$W_WSLIST + 1, phd.PHD$W_WSDYN - phd.PHD$W_WSLIST, phd.PHD$W_WSQUOTA - phd.PHD$W_WSLIST + 1, phd.PHD$L_PAGEFLTS);
}, 300000);
