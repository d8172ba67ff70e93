import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { findDriver } from '../../src/executive/io/load-driver.js';
import { findUnit } from '../../src/executive/io/device-names.js';
import { checkPool } from '../../src/executive/pool/check.js';
import { DPT } from '../../src/executive/structures/device.js';
import { UCB } from '../../src/executive/structures/ucb.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { buildSystemDiskInto } from '../../src/sysgen/system-disk.js';
import { COMMON_IMAGES } from '../../src/system/images.js';
import { systemFiles } from '../../src/system/system-files.js';
import { TEST_TIME } from '../harness.js';
import { WholeSystem } from './whole-system.js';

/* A driver in VAX code (examples/eodriver.mar), assembled and linked under the system, loaded by SYSGEN, and used through $QIO and RMS. */

const SOURCE = readFileSync('examples/eodriver.mar', 'utf8');
/** The same as a device that is to interrupt within five seconds, and never does. */
const WAITING = SOURCE.replace('NAME=EODRIVER', 'NAME=EWDRIVER').replace(/^EO_START:$/m, `EO_START:
	DSBINT	#20
	WFIKPCH	EO_LATE,#5
	IOFORK
	BRB	EO_DONE
EO_LATE:
	CMPL	R3,UCB$L_IRP(R5)
	BNEQ	10$
	IOFORK
	MOVZWL	#SS$_TIMEOUT,R0
	CLRL	R1
	REQCOM
10$:	HALT
EO_DONE:`);
let system: WholeSystem;

/** What a command prints, without its echo and the prompt behind it. */
function say(...lines: readonly string[]): string {
  let text = '';
  for (const line of lines) text = system.type(line).split('\n').slice(1).filter((each) => !/^(?:\$ ?|SYSGEN> *)?$/.test(each)).join('\n');
  return text;
}

/** Lines of SYSGEN; what the last one printed. */
function sysgen(...lines: readonly string[]): string {
  say('MCR SYSGEN');
  const text = say(...lines);
  say('EXIT');
  return text;
}

beforeAll(() => {
  const store = new MemoryBlocks(12_000);
  const sources = {
    'EODRIVER.MAR': SOURCE, 'NEWER.MAR': SOURCE.replace('DPT_STORE REINIT', 'DPT_STORE REINIT\n\tDPT_STORE UCB,UCB$B_DEVTYPE,B,7'),
    'TTX.MAR': SOURCE.replace('NAME=EODRIVER', 'NAME=TTDRIVER'), 'LARGER.MAR': SOURCE.replace('EO_SIZE=512', 'EO_SIZE=900'), 'OPX.MAR': SOURCE.replace('NAME=EODRIVER', 'NAME=OPERATOR'),
    'WAITER.MAR': WAITING, 'BASE.OPT': 'BASE=0\n',
  };
  buildSystemDiskInto(store, systemFiles(COMMON_IMAGES, sources), { date: TEST_TIME, dumpFileBlocks: 4, pageFileBlocks: 0 });
  system = new WholeSystem(store, { memoryMegabytes: 8 });
  say('SET DEFAULT SYS$EXAMPLES');
  for (const name of ['EODRIVER', 'NEWER', 'TTX', 'OPX', 'LARGER', 'WAITER']) {
    expect(say(`MACRO ${name}`)).toBe('');
    expect(say(`LINK/NOTRACEBACK ${name},SYS$SYSTEM:SYS.STB,BASE/OPTIONS`)).toBe(`%LINK-W-USRTFR, image ${name} has no user transfer address`);
  }
}, 60_000);

describe('SYSGEN and a driver from an image file', () => {
  test('LOAD and CONNECT: a device that is like any other', () => {
    expect(sysgen('LOAD SYS$EXAMPLES:EODRIVER')).toBe('');
    expect(say('SHOW DEVICE EO')).toContain('%SYSTEM-W-NOSUCHDEV');
    expect(sysgen('CONNECT EOA0/NOADAPTER/DRIVER=EODRIVER')).toBe('');
    expect(say('SHOW DEVICE EO')).toMatch(/^EOA0: +Online +0$/m);
    say('OPEN/WRITE X EOA0:', 'WRITE X "HELLO, DRIVER"', 'CLOSE X', 'OPEN/READ X EOA0:', 'READ X LINE', 'CLOSE X');
    expect(say('WRITE SYS$OUTPUT LINE')).toBe('HELLO, DRIVER');
  });

  test('appB#18: the address range of SHOW/DEVICES contains the driver and its dispatch table', () => {
    const { k } = system;
    const [, start, end] = /^EODRIVER +(\w{8}) (\w{8})$/m.exec(sysgen('SHOW/DEVICES'))!.map((text) => Number.parseInt(text, 16));
    const ddt = UCB.at(k, findUnit(k, 'EOA0')).UCB$L_DDT;
    expect(start).toBe(findDriver(k, 'EODRIVER'));
    expect(end! - start!).toBe(DPT.at(k, start!).DPT$W_SIZE);
    expect(ddt).toBeGreaterThan(start!);
    expect(ddt).toBeLessThan(end!);
  });

  test('a second unit has data of its own', () => {
    expect(sysgen('CONNECT EOA1/NOADAPTER/DRIVERNAME=EODRIVER')).toBe('');
    say('COPY SYS$EXAMPLES:BASE.OPT EOA1:', 'OPEN/READ X EOA1:', 'READ X LINE', 'CLOSE X');
    expect(say('WRITE SYS$OUTPUT LINE')).toBe('BASE=0');
    say('OPEN/READ X EOA0:', 'READ X LINE', 'CLOSE X');
    expect(say('WRITE SYS$OUTPUT LINE')).toBe('HELLO, DRIVER');
  });

  test.each([
    ['LOAD SYS$EXAMPLES:EODRIVER', /^%SYSGEN-E-LOADED, the driver of [^]*EODRIVER\.EXE;1 is/],
    ['LOAD SYS$EXAMPLES:EODRIVER.MAR', /^%SYSGEN-E-NOTDRIVER, /], ['LOAD SYS$SYSTEM:SHOW', /^%SYSGEN-E-NOTDRIVER, /], ['LOAD NOWHERE', /^%SYSGEN-E-OPENIN, [^]*-RMS-E-FNF/],
    ['CONNECT EOA0/NOADAPTER/DRIVERNAME=EODRIVER', /^%SYSGEN-E-DEVEXISTS, device EOA0 /], ['CONNECT LPA1/NOADAPTER/DRIVERNAME=EODRIVER', /^%SYSGEN-E-DEVEXISTS, /],
    ['CONNECT EOA8/NOADAPTER/DRIVERNAME=EODRIVER', /^%SYSGEN-E-MAXUNITS, /], ['CONNECT ZZA0/NOADAPTER', /^%SYSGEN-E-OPENIN, error opening .*ZZDRIVER\.EXE/],
    ['CONNECT EOA2/ADAPTER=3/CSR=%O777/VECTOR=%O300', /^%SYSGEN-E-NOADAPTER, /], ['CONNECT EOA2', /^%SYSGEN-E-NOADAPTER, /], ['CONNECT', /^%SYSGEN-E-SYNTAX, /],
    ['CONNECT EOA2/NOADAPTER/WHAT', /^%SYSGEN-E-SYNTAX, /], ['AUTOCONFIGURE', /^%SYSGEN-E-CMDUNK, /], ['AUTOCONFIGURE ALL/LOG', /Name: DUA +Units: 1 /],
  ])('%s', (line, expected) => {
    expect(sysgen(line)).toMatch(expected);
  });

  test('RELOAD: the devices get the new driver, and keep what they have', () => {
    const before = findDriver(system.k, 'EODRIVER');
    say('OPEN/READ X EOA0:');
    expect(sysgen('RELOAD SYS$EXAMPLES:NEWER')).toMatch(/^%SYSGEN-E-DRVINUSE, /);
    say('CLOSE X');
    expect(sysgen('RELOAD SYS$EXAMPLES:LARGER')).toMatch(/^%SYSGEN-E-NOTDRIVER, /);
    expect(sysgen('RELOAD SYS$EXAMPLES:NEWER')).toBe('');
    expect(findDriver(system.k, 'EODRIVER')).not.toBe(before);
    expect(UCB.at(system.k, findUnit(system.k, 'EOA1')).UCB$B_DEVTYPE).toBe(7);
    say('OPEN/READ X EOA0:', 'READ X LINE', 'CLOSE X');
    expect(say('WRITE SYS$OUTPUT LINE')).toBe('HELLO, DRIVER');
  });

  test('ch19#10: RELOAD of TTDRIVER or of a port driver is refused', () => {
    for (const name of ['TTX', 'OPX']) expect(sysgen(`RELOAD SYS$EXAMPLES:${name}`)).toMatch(/^%SYSGEN-E-NORELOAD, /);
  });

  test('WFIKPCH: a driver waits for an interrupt, or for the time in which it should have come', () => {
    expect(sysgen('LOAD SYS$EXAMPLES:WAITER')).toBe('');
    expect(sysgen('CONNECT EWA0/NOADAPTER/DRIVERNAME=EWDRIVER')).toBe('');
    say('OPEN/WRITE X EWA0:');
    const unit = UCB.at(system.k, findUnit(system.k, 'EWA0'));
    const state = (): readonly number[] => [unit.UCB$V_BSY, unit.UCB$V_INT, unit.UCB$V_TIM, unit.UCB$V_TIMOUT];
    expect(say('WRITE X "LATE"')).toBe('');
    expect(state()).toEqual([1, 1, 1, 0]);
    expect(unit.UCB$L_DUETIM - system.k.sys.EXE$GL_ABSTIM).toBeGreaterThanOrEqual(1);
    system.run(6);
    expect(state()).toEqual([0, 0, 0, 1]);
    expect(system.text).toMatch(/-SYSTEM-F-TIMEOUT, /);
    say('CLOSE X');
  });

  test('without CMKRNL privilege nothing is loaded', () => {
    say('SET PROCESS/PRIVILEGES=NOCMKRNL');
    expect(sysgen('LOAD SYS$EXAMPLES:TTX')).toMatch(/^%SYSTEM-F-NOPRIV, /);
    expect(sysgen('CONNECT EOA3/NOADAPTER/DRIVERNAME=EODRIVER')).toMatch(/^%SYSTEM-F-NOPRIV, /);
    say('SET PROCESS/PRIVILEGES=CMKRNL');
  });

  test('afterwards the pool is sound', () => {
    expect(checkPool(system.k, (name) => system.k.symbol(name))).toEqual([]);
  });
});
