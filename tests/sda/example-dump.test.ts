import { beforeAll, describe, expect, test } from 'vitest';
import { dumpBytesOf, DumpTarget } from '../../src/sda/dump-target.js';
import { Sda } from '../../src/sda/sda.js';
import { makeExampleDump } from '../../src/system/example-dump.js';
import { hex8 } from '../../src/sda/error.js';
import { imagesForSymbols } from '../../src/system/images.js';
import { systemSymbols } from '../../src/system/system-symbols.js';
import { say } from './crashed.js';

/** PID, name and state of each process in a display that has them in this order. */
function states(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, pid, name, state]) => `${pid} ${name} ${state}`);
}

describe('the example dump: a crash while two subprocesses run', () => {
  let console_: string;
  let sda: Sda;
  beforeAll(() => {
    const example = makeExampleDump();
    console_ = example.console;
    const images = imagesForSymbols();
    sda = new Sda(new DumpTarget(dumpBytesOf(example.dump)), systemSymbols(images.systemImages, images.residentImages), {});
  }, 60_000);

  test('SDA shows the processes with the states SHOW SYSTEM showed', () => {
    const shown = states(console_, /^([0-9A-F]{8}) (\S+) +([A-Z]+) +\d+ /gm);
    expect(shown).toEqual(expect.arrayContaining([expect.stringMatching(/ FIRST HIB$/), expect.stringMatching(/ SECOND HIB$/)]));
    expect(states(say(sda, 'SHOW SUMMARY'), /^ ([0-9A-F]{8}) [0-9A-F]{4} (\S+) +SYSTEM +([A-Z]+) /gm)).toEqual(shown);
  });

  test('its pool lists and scheduler queues are well formed', () => {
    expect(say(sda, 'SHOW POOL/SUMMARY', 'VALIDATE SCHEDULER')).not.toContain('%SDA-');
    expect(say(sda, 'VALIDATE SCHEDULER')).toBe('Scheduler queues are well formed');
  });

  test('DCL waits for the image inside its own P1 region, in supervisor mode', () => {
    expect(say(sda, 'SET PROCESS SYSTEM', 'SHOW CALL_FRAME/ALL')).toMatch(/^Return address +7FF[9A]\w{4} +7FFC\w{4} +DCL\$RUN_IMAGE\+/m);
  });

  test('both subprocesses wait in HIBER, called by TICKER', () => {
    for (const name of ['FIRST', 'SECOND']) {
      expect(say(sda, `SET PROCESS ${name}`, 'SHOW PROCESS')).toMatch(/State +HIB/);
      expect(say(sda, 'SHOW PROCESS/IMAGES')).toMatch(/^Main image: +TICKER$/m);
      expect(say(sda, 'EVALUATE PC')).toContain('SYS$HIBER+002');
      // The image lies in P0 space from its second page on.
      expect(say(sda, 'SHOW CALL_FRAME')).toMatch(/^Return address +7FFC\w{4} {2}00000[2-9A-F]\w\w$/m);
    }
  });

  test('SHOW DEVICE of the system disk: controller, interrupt dispatch block, volume, driver', () => {
    const text = say(sda, 'SHOW DEVICE DUA0');
    expect(text).toMatch(/^Channel request block \(CRB\) \w{8} {3}not busy, 1 unit, 0 waiting$/m);
    expect(text).toContain(`Interrupt dispatch block (IDB) ${hex8(sda.session.symbols.lookup('IDB')!)}`);
    expect(text).toMatch(/^Volume control block \(VCB\) \w{8} {3}SYSTEM$/m);
    expect(text).toMatch(/^Volume +STARLETSYS +Mount count +1 /m);
    expect(say(sda, 'FORMAT IDB')).toContain('IDB$L_CSR');
    expect(say(sda, 'SHOW DEVICE NLA0')).not.toContain('Volume control block');
  });

  test('SHOW PROCESS/CHANNEL: a channel of an image section names its file by the section table', () => {
    expect(say(sda, 'SHOW PROCESS FIRST/CHANNEL')).toMatch(/^ {2}0010 {3}0000FF[0-9A-F]{2} {10}DUA0:\(\d+,\d+,0\) \(section file\)$/m);
  });

  test('SHOW PAGE_TABLE/GLOBAL: the list of free entries is not taken for page table entries', () => {
    const { session } = sda;
    const text = say(sda, 'SHOW PAGE_TABLE/GLOBAL');
    const entries = (session.cell('MMG$GL_MAXGPTE') - session.cell('MMG$GL_GPTE')) / 4;
    const [, free, stoppers] = /^(\d+) entries are free, (\d+) are between sections$/m.exec(text)!;
    expect([...text.matchAll(/^\w{8} {2}\w{8} {2}\w{8} {2}/gm)].length + Number(free) + Number(stoppers)).toBe(entries);
    expect(Number(free)).toBe(session.memory.readLong(session.cell('EXE$GL_GPT') + 4) / 4);
  });

  test('SHOW PROCESS/RMS shows the open files, with the blocks that SET RMS asks for', () => {
    expect(say(sda, 'SHOW RMS')).toBe('RMS Display Options:  BDB,FAB,FWA,IFB,IRB,RAB,RLB,SWB');
    say(sda, 'SET PROCESS SYSTEM', 'SET RMS=(IFB,PIO)');
    expect(say(sda, 'SHOW RMS')).toBe('RMS Display Options:  IFB,PIO');
    const shown = say(sda, 'SHOW PROCESS/RMS');
    const files = [...shown.matchAll(/^File with IFI (\d+), (?:image|process permanent)$/gm)].map(([, ifi]) => Number(ifi));
    expect(files.length).toBeGreaterThan(0);
    expect(new Set(files).size).toBe(files.length);
    expect([...shown.matchAll(/^\w{8} +IFB\$W_IFI +(\w{4})$/gm)].map(([, ifi]) => Number.parseInt(ifi!, 16))).toEqual(files);
    expect(shown).not.toContain('IRB at');
    expect(say(sda, 'SET RMS=(IRB,NOPIO)', 'SHOW RMS')).toBe('RMS Display Options:  IRB');
    expect(say(sda, 'SET RMS=ALL')).toBe('');
  });
});
