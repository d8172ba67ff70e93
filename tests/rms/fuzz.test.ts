import { expect, it } from 'vitest';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../../src/executive/starlet/fabdef.js';
import { NAM, NAM$C_BID, NAM$C_BLN } from '../../src/executive/starlet/namdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../../src/executive/starlet/rabdef.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { runOnDisk } from './support.js';

/** Services that wait for nothing on arguments nobody checked. */
const FILE = ['$OPEN', '$CREATE', '$CLOSE', '$PARSE', '$SEARCH', '$ERASE', '$DISPLAY', '$EXTEND', '$ENTER', '$REMOVE'] as const;
const RECORD = [
  '$CONNECT', '$DISCONNECT', '$GET', '$PUT', '$FIND', '$UPDATE', '$DELETE', '$TRUNCATE', '$REWIND', '$FLUSH', '$FREE', '$RELEASE', '$READ', '$WRITE', '$SPACE',
] as const;
const NAMES = ['A.DAT', 'B', '*.*;*', 'NL:', '[X]Y', 'DUA0:[000000]C.D;1', '[...]*.*', ';;', '[A', 'X:Y:Z', 'NOWHERE:', '', '-', 'A.B.C.D', '"q"', 'N::X', 'A.DAT;-1', 'SYS$DISK'];
const WILD = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x7ffe0000, 0x80000200, 0x200];

for (const seed of [1, 2, 3]) {
  it(`random FABs, RABs and NAMs get a status and leave the system whole (seed ${seed})`, () => {
    let state = seed * 7919;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 0x1_0000_0000) * below);
    };
    let calls = 0;
    const { system } = runOnDisk(function* (p) {
      const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
      const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
      const nam = NAM.at(p.memory, p.allocate(NAM$C_BLN));
      const buffer = p.allocate(1024);
      const scribble = (address: number, size: number, count: number): void => {
        for (let turn = random(count); turn > 0; turn -= 1) p.memory.writeByte(address + random(size), random(256));
      };
      for (let turn = 0; turn < 700; turn += 1) {
        yield* p.scratch(function* () {
          const name = NAMES[random(NAMES.length)]!;
          const ifi = fab.FAB$W_IFI;
          const isi = rab.RAB$W_ISI;
          if (random(3) > 0) {
            p.memory.writeBytes(fab.address, new Uint8Array(FAB$C_BLN));
            p.memory.writeBytes(rab.address, new Uint8Array(RAB$C_BLN));
            p.memory.writeBytes(nam.address, new Uint8Array(NAM$C_BLN));
            fab.FAB$B_FAC = random(256);
            fab.FAB$B_SHR = random(4) === 0 ? random(256) : 0;
            fab.FAB$B_RFM = random(8);
            fab.FAB$B_ORG = random(3) === 0 ? 16 * random(5) : 0;
            fab.FAB$B_BKS = random(8) === 0 ? random(256) : 0;
            fab.FAB$W_MRS = random(300);
            fab.FAB$B_FSZ = random(20);
            fab.FAB$L_ALQ = random(60);
            fab.FAB$L_FNA = p.bytes(textToBytes(name));
            fab.FAB$B_FNS = name.length;
            rab.RAB$L_UBF = rab.RAB$L_RBF = buffer;
            rab.RAB$W_USZ = random(1024);
            rab.RAB$W_RSZ = random(1024);
            rab.RAB$L_FAB = fab.address;
            rab.RAB$B_RAC = random(4);
            nam.NAM$L_ESA = nam.NAM$L_RSA = buffer;
            nam.NAM$B_ESS = nam.NAM$B_RSS = random(256);
            if (random(2) === 0) fab.FAB$L_NAM = nam.address;
            fab.FAB$W_IFI = ifi;
            rab.RAB$W_ISI = isi;
          }
          if (random(3) === 0) {
            scribble(fab.address + 4, FAB$C_BLN - 4, 4);
            scribble(rab.address + 4, RAB$C_BLN - 4, 4);
            scribble(nam.address + 2, NAM$C_BLN - 2, 4);
          }
          if (random(6) === 0) p.memory.writeLong(fab.address + [0x24, 0x28, 0x2c, 0x30][random(4)]!, WILD[random(WILD.length)]!);
          if (random(6) === 0) p.memory.writeLong(rab.address + [0x24, 0x28, 0x2c, 0x30, 0x3c][random(5)]!, WILD[random(WILD.length)]!);
          fab.FAB$B_BID = FAB$C_BID;
          fab.FAB$B_BLN = FAB$C_BLN;
          rab.RAB$B_BID = RAB$C_BID;
          rab.RAB$B_BLN = RAB$C_BLN;
          nam.NAM$B_BID = NAM$C_BID;
          nam.NAM$B_BLN = NAM$C_BLN;
          fab.FAB$V_ASY = 0;
          fab.FAB$V_UFO = 0;
          rab.RAB$V_ASY = 0;
          const status = random(2) === 0
            ? yield* service(p, FILE[random(FILE.length)]!, { fab: random(20) === 0 ? WILD[random(WILD.length)]! : fab.address })
            : yield* service(p, RECORD[random(RECORD.length)]!, { rab: random(20) === 0 ? WILD[random(WILD.length)]! : rab.address });
          expect(status).not.toBe(0);
          calls += 1;
        });
      }
      yield* service(p, '$RMSRUNDWN', { bufadr: p.descriptor(22, p.allocate(22)), typrnd: 0 });
      return 1;
    });
    expect(calls).toBe(700);
    expect(system.checkBooks()).toEqual([]);
  });
}
