import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/executive/kernel.js';
import { KNOWN_FILE_LOCK } from '../../src/executive/image/activate.js';
import { residentHeaderOf } from '../../src/executive/image/known-files.js';
import { findResource, hashOf } from '../../src/executive/locks/resource.js';
import { KFE } from '../../src/executive/structures/kfe.js';
import { knownFiles } from '../../src/executive/image/known-files.js';
import { RSB } from '../../src/executive/structures/lock.js';
import { WCB } from '../../src/executive/structures/volume.js';
import { KFE$T_FILNAM } from '../../src/executive/structures/kfe.js';
import { readCounted, textToBytes } from '../../src/executive/structures/memory.js';
import { LCK$K_PRMODE } from '../../src/executive/starlet/lckdef.js';
import { asFiles, endOf, linked, p0Ptes } from './linked-images.js';
import { UtilitySession } from './session.js';

/** INSTALL, and images that are mapped from files: what their page tables hold. @source book 21.1; VAX/VMS Install Utility Reference Manual */
const LIBRARY = `
	.PSECT $$VECTOR,PIC,SHR,NOWRT,EXE,PAGE
	.TRANSFER BUMP
	.MASK BUMP
	JMP L^BUMP+2
	.PSECT CODE,PIC,SHR,NOWRT,EXE
	.ENTRY BUMP,0
	INCL COPIED
	INCL COMMON
	MOVL COMMON,R0
	RET
	.PSECT TEXT,PIC,SHR,NOWRT,EXE,PAGE
	.REPT 4
	.LONG 1
	.BLKB 508
	.ENDR
	.PSECT TABLE,PIC,NOSHR,WRT,NOEXE,PAGE
	.REPT 3
	.LONG 5
	.BLKB 508
	.ENDR
COPIED:	.LONG 0
	.PSECT COMMON,PIC,SHR,WRT,NOEXE,PAGE
COMMON:	.LONG 40
	.END
`;

const MAIN = `
	.PSECT CONST,NOWRT,NOEXE,PAGE
	.REPT 4
	.LONG 1
	.BLKB 508
	.ENDR
	.PSECT DATA,WRT,NOEXE,PAGE
	.REPT 3
	.LONG 5
	.BLKB 508
	.ENDR
	.ADDRESS BUMP
	.PSECT CODE,NOWRT,EXE,PAGE
	.ENTRY START,0
	.IF DF,CALL
	CALLS #0,G^BUMP
	.ENDC
	MOVL R0,R2
	.IF NDF,CALL
	CALLS #0,@#SYS$HIBER
	.ENDC
	ASHL #3,R2,R0
	BISL #^X10000001,R0
	RET
	.END START
`;

const SHAREABLE = { shareable: true, match: { control: 2, ident: 0x01000002 } } as const;
/** The library with a section that all who use it write to, and without. */
const common = linked('LIBRARY', LIBRARY, SHAREABLE);
const library = linked('LIBRARY', LIBRARY.replace('COMMON,PIC,SHR,WRT', 'COMMON,PIC,NOSHR,WRT'), SHAREABLE);
/** Waits with the library mapped and untouched. */
const waiter = linked('MAIN', MAIN, {}, { LIBRARY: library });
const caller = linked('MAIN', `CALL=1\n${MAIN}`, {}, { LIBRARY: library });

function sessionWith(images: Parameters<typeof asFiles>[0], files: Readonly<Record<string, string>> = {}): UtilitySession {
  const session = new UtilitySession({ ...asFiles(images), ...files });
  for (const name of Object.keys(images)) if (name !== 'MAIN') session.lines(`DEFINE ${name} DUA0:[TEST]${name}.EXE`);
  return session;
}

/** PCB of the session's process, the last that was made. */
function sessionPcb(k: Kernel): number {
  let found = 0;
  for (let index = 0; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (pcb !== k.symbol('SCH$GL_NULLPCB')) found = pcb;
  }
  return found;
}

function entryOf(k: Kernel, name: string): ReturnType<typeof KFE.at> | undefined {
  const found = [...knownFiles(k, k.sys.EXE$GL_KNOWN_FILES)].find(({ kfe }) => readCounted(k, kfe + KFE$T_FILNAM) === name);
  return found && KFE.at(k, found.kfe);
}

const statusOf = (session: UtilitySession): string => /%X([0-9A-F]+)/.exec(session.lines('SHOW SYMBOL $STATUS').join(''))![1]!;
const kernelOf = (session: UtilitySession): Kernel => session.session.system.kernel;

describe('what the page tables of an activated image hold', () => {
  test('ch21#1, ch21#2: every page of a private section refers to the same entry of the process section table until it is touched', () => {
    const session = sessionWith({ LIBRARY: library, MAIN: waiter });
    session.lines('RUN MAIN');
    const ptes = p0Ptes(kernelOf(session), sessionPcb(kernelOf(session)));
    const base = endOf(waiter.header) / 512;
    const kinds = (header: typeof waiter.header, first: number, index: number): unknown[] => {
      const { vpn, pages } = header.sections[index]!;
      return ptes.slice(first + vpn, first + vpn + pages).map((pte) => (pte.kind === 'section' ? pte.stx : pte.kind));
    };
    const constants = kinds(waiter.header, 0, 0);
    expect(constants).toHaveLength(4);
    expect(new Set(constants).size).toBe(1);
    expect(constants[0]).toBeLessThan(0);
    // The code runs, so its page is there; nothing of the library is.
    expect(kinds(waiter.header, 0, 2)).toEqual(['valid']);
    const text = kinds(library.header, base, 0);
    expect(text).toHaveLength(5);
    expect(new Set(text).size).toBe(1);
    expect(text[0]).not.toBe(constants[0]);
  });

  test('ch21#3: a read-only section of an image installed /SHARED is global; installed /OPEN it is private', () => {
    const session = sessionWith({ LIBRARY: library, MAIN: waiter });
    const k = kernelOf(session);
    const base = endOf(waiter.header) / 512;
    for (const [how, kind] of [['/OPEN', 'section'], ['/SHARED', 'global']] as const) {
      expect(session.lines(`INSTALL CREATE DUA0:[TEST]LIBRARY${how}`)).toEqual([]);
      session.lines('RUN MAIN');
      const text = p0Ptes(k, sessionPcb(k)).slice(base, base + 5);
      expect(text.map((pte) => pte.kind)).toEqual(Array(5).fill(kind));
      if (how === '/SHARED') expect(new Set(text.map((pte, page) => (pte.kind === 'global' ? pte.gptx - page : 0))).size).toBe(1);
      // What a process writes to is copied for it, shared image or not.
      expect(p0Ptes(k, sessionPcb(k)).slice(base + 5, base + 9).map((pte) => pte.kind)).toEqual(Array(4).fill('section'));
      session.session.control('Y');
      session.lines('STOP');
      expect(session.lines('INSTALL DELETE DUA0:[TEST]LIBRARY')).toEqual([]);
    }
    expect(entryOf(k, 'LIBRARY')).toBeUndefined();
  });

  test('ch21#4: a section that all write to is mapped only of an image installed /SHARED/WRITEABLE', () => {
    const session = sessionWith({ LIBRARY: common, MAIN: linked('MAIN', `CALL=1\n${MAIN}`, {}, { LIBRARY: common }) });
    expect(session.lines('RUN MAIN').at(-1)).toBe('-SYSTEM-F-NOTINSTALL, writable shareable images must be installed');
    session.lines('INSTALL CREATE DUA0:[TEST]LIBRARY/SHARED/WRITEABLE');
    expect(entryOf(kernelOf(session), 'LIBRARY')!.KFE$W_GBLSECCNT).toBe(2);
    session.lines('RUN MAIN');
    expect(statusOf(session)).toBe((0x10000001 + 8 * 41).toString(16).toUpperCase());
    session.lines('RUN MAIN');
    expect(statusOf(session)).toBe((0x10000001 + 8 * 42).toString(16).toUpperCase());
  });
});

describe('known images', () => {
  test('ch21#17: each activation is counted, and a window that is kept open has one user more while the image is there', () => {
    const session = sessionWith({ LIBRARY: library, MAIN: waiter });
    const k = kernelOf(session);
    session.lines('INSTALL CREATE DUA0:[TEST]LIBRARY/SHARED');
    const kfe = entryOf(k, 'LIBRARY')!;
    const users = (): number => WCB.at(k, kfe.KFE$L_WCB).WCB$W_REFCNT;
    const before = users();
    session.lines('RUN MAIN');
    expect(kfe.KFE$L_USECNT).toBe(1);
    expect(users()).toBe(before + 1);
    session.session.control('Y');
    session.lines('STOP');
    expect(users()).toBe(before);
    expect(kfe.KFE$L_USECNT).toBe(1);
  });

  test('an image stays the one that was installed when there is a newer version of its file, until REPLACE', () => {
    const session = sessionWith({ LIBRARY: library, MAIN: caller, OTHER: linked('LIBRARY', LIBRARY.replace('COMMON,PIC,SHR,WRT', 'COMMON,PIC,NOSHR,WRT').replace('.LONG 40', '.LONG 60'), SHAREABLE) });
    session.lines('INSTALL CREATE DUA0:[TEST]LIBRARY/HEADER_RESIDENT');
    expect(residentHeaderOf(kernelOf(session), entryOf(kernelOf(session), 'LIBRARY')!.address)?.ident).toBe(0x01000002);
    session.lines('COPY OTHER.EXE LIBRARY.EXE');
    const known = (version: number): string[] => session.lines(`WRITE SYS$OUTPUT F$FILE_ATTRIBUTES("LIBRARY.EXE;${version}","KNOWN")`);
    expect([known(1), known(2)]).toEqual([['TRUE'], ['FALSE']]);
    session.lines('RUN MAIN');
    expect(statusOf(session)).toBe((0x10000001 + 8 * 41).toString(16).toUpperCase());
    session.lines('INSTALL REPLACE DUA0:[TEST]LIBRARY');
    session.lines('RUN MAIN');
    expect(statusOf(session)).toBe((0x10000001 + 8 * 61).toString(16).toUpperCase());
  });

  test('ch21#11: a library older than the one that was linked with is SS$_SHRIDMISMAT', () => {
    const older = linked('LIBRARY', LIBRARY, { shareable: true, match: { control: 2, ident: 0x01000001 } });
    const session = sessionWith({ LIBRARY: older, MAIN: caller });
    expect(session.lines('RUN MAIN').at(-1)).toBe('-SYSTEM-F-SHRIDMISMAT, ident mismatch with shareable image');
  });

  test('ch21#10: an image with privileges of its own calls installed libraries only', () => {
    const session = sessionWith({ LIBRARY: library, MAIN: caller });
    session.lines('DEFINE/SYSTEM/EXECUTIVE LIBRARY DUA0:[TEST]LIBRARY.EXE');
    session.lines('INSTALL CREATE DUA0:[TEST]MAIN/PRIVILEGED=(SYSPRV)');
    expect(session.lines('RUN MAIN').join('\n')).toMatch(/^-SYSTEM-F-PRIVINSTALL, shareable images/m);
    session.lines('INSTALL CREATE DUA0:[TEST]LIBRARY');
    expect(session.lines('RUN MAIN')).toEqual([]);
    expect(statusOf(session)).toBe((0x10000001 + 8 * 41).toString(16).toUpperCase());
  });

  test('ch21#10: so does one that its user may execute but not read', () => {
    const session = sessionWith({ LIBRARY: library, MAIN: caller });
    session.lines('DEFINE/SYSTEM/EXECUTIVE LIBRARY DUA0:[TEST]LIBRARY.EXE');
    session.lines('SET PROTECTION=(S:E,O:E,G:E,W:E) MAIN.EXE');
    session.lines('SET PROCESS/PRIVILEGE=(NOALL,TMPMBX)');
    expect(session.lines('RUN MAIN').join('\n')).toMatch(/^-SYSTEM-F-PRIVINSTALL, shareable images/m);
  });

  test('ch21#16: nobody changes the known files while an image is activated', () => {
    const session = sessionWith({ MAIN: waiter, LIBRARY: library });
    const { system } = session.session;
    const k = kernelOf(session);
    const key = { name: textToBytes(KNOWN_FILE_LOCK), group: 0, mode: 1, parent: 0 };
    for (const character of 'RUN MAIN\r') {
      system.machine.console.receive(character.charCodeAt(0));
      if (character !== '\r') session.session.run(0);
    }
    const seen = new Set<number>();
    for (let slice = 0; slice < 4000; slice += 1) {
      const resource = findResource(k, key, hashOf(k, key));
      seen.add(resource === 0 ? -1 : RSB.at(k, resource).RSB$B_GGMODE);
      system.machine.run(200);
    }
    session.session.run();
    expect([...seen]).toEqual([-1, LCK$K_PRMODE]);
    expect(findResource(k, key, hashOf(k, key))).toBe(0);
  });
});
