import { expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { findKnownImage, hashImageName, STANDARD_KNOWN_IMAGES } from '../../../src/executive/image/known-files.js';
import { KFE } from '../../../src/executive/structures/kfe.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { PRV$V_CMKRNL, PRV$V_TMPMBX } from '../../../src/executive/starlet/prvdef.js';
import { TestSystem } from '../../harness.js';

test('the known images are found through the hash table, and nothing else is', () => {
  const nothing = function* (): Flow<number> { return 1; };
  const system = new TestSystem({ programs: { LOGINOUT: nothing, SHOW: nothing, PROGRAM: nothing } });
  system.runUntilIdle(0);
  const { k } = system;
  for (const { name, privileges } of STANDARD_KNOWN_IMAGES.filter((image) => ['LOGINOUT', 'SHOW'].includes(image.name))) {
    const address = findKnownImage(k, k.sys.EXE$GL_KNOWN_FILES, name);
    expect(KFE.at(k, address).KFE$Q_PROCPRIV).toBe(privileges);
    expect(KFE.at(k, address).KFE$B_HSHIDX).toBe(hashImageName(name));
  }
  expect(findKnownImage(k, k.sys.EXE$GL_KNOWN_FILES, 'PROGRAM')).toBe(0);
});

test('ch21#14, ch21#17: an installed image runs with its own privileges; the permanent ones of the process are untouched', () => {
  const seen: Record<string, bigint | number> = {};
  const only = 1n << BigInt(PRV$V_TMPMBX);
  const system = new TestSystem({
    programs: {
      // The process that SYSINIT creates has TMPMBX and nothing else.
      SYSINIT: function* (p) {
        const privileges = p.allocate(8);
        p.memory.writeLong(privileges, Number(only));
        yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:LOGINOUT.EXE'), prvadr: privileges, baspri: 4 });
        return yield* service(p, '$HIBER', {});
      },
      LOGINOUT: function* (p) {
        const k = p.kernel;
        seen['working'] = k.pcb.PCB$Q_PRIV;
        seen['header'] = PHD.at(k, k.pcb.PCB$L_PHD).PHD$Q_PRIVMSK;
        seen['image'] = PHD.at(k, k.pcb.PCB$L_PHD).PHD$Q_IMAGPRIV;
        seen['permanent'] = k.p1.CTL$GQ_PROCPRIV;
        seen['uses'] = KFE.at(k, findKnownImage(k, k.sys.EXE$GL_KNOWN_FILES, 'LOGINOUT')).KFE$L_USECNT;
        return yield* service(p, '$HIBER', {});
      },
    },
  });
  system.runUntilIdle(2);
  const installed = STANDARD_KNOWN_IMAGES.find(({ name }) => name === 'LOGINOUT')!.privileges;
  expect(installed & (1n << BigInt(PRV$V_CMKRNL))).not.toBe(0n);
  expect(seen).toEqual({ working: installed | only, header: installed | only, image: installed, permanent: only, uses: 1 });
});
