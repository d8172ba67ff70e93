import { describe, expect, test } from 'vitest';
import { grantedByAcl, inheritedAcl } from '../../src/executive/information/acl.js';
import { aceText, parseAce } from '../../src/executive/information/acl-text.js';
import { aclOf, storeAcl } from '../../src/filesystem/acl.js';
import { newHeader } from '../../src/filesystem/files.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { labelled, VolumeSystem } from './volumes.js';

const NAMES: ReadonlyMap<string, number> = new Map([['BATCH', 0x8000_0001], ['SMITH', 0x0040_0002]]);
const ace = (text: string): Uint8Array => {
  const parsed = parseAce(text, NAMES);
  if (typeof parsed === 'number') throw new Error(`${text} at ${parsed}`);
  return parsed;
};
const list = (...texts: string[]): Uint8Array => Uint8Array.from(texts.flatMap((text) => [...ace(text)]));

describe('entries', () => {
  test.each([
    ['(identifier=[1,4],access=read+write)', '(IDENTIFIER=[001,004],ACCESS=READ+WRITE)'],
    ['(IDENT=[100,*]+BATCH,OPT=DEFAULT+NOPROP,ACC=NONE)', '(IDENTIFIER=[100,*]+BATCH,OPTIONS=DEFAULT+NOPROPAGATE,ACCESS=NONE)'],
    ['(IDENTIFIER=[STAFF,SMITH],ACCESS=READ)', '(IDENTIFIER=[SMITH],ACCESS=READ)'],
    ['(IDENTIFIER=%X80010007,ACCESS=CONTROL+DELETE+EXECUTE)', '(IDENTIFIER=%X80010007,ACCESS=EXECUTE+DELETE+CONTROL)'],
    ['(DEFAULT_PROTECTION,S:RWED,O:RW,G,W:R)', '(DEFAULT_PROTECTION,SYSTEM:RWED,OWNER:RW,GROUP,WORLD:R)'],
  ])('%s', (text, canonical) => {
    expect(aceText(ace(text), new Map([[0x8000_0001, 'BATCH'], [0x0040_0002, 'SMITH']]))).toBe(canonical);
    expect(ace(canonical)).toEqual(ace(text));
  });

  test.each(['IDENTIFIER=[1,4],ACCESS=READ', '(IDENTIFIER=[1,9],ACCESS=READ)', '(IDENTIFIER=NOBODY,ACCESS=READ)', '(ACCESS=READ)', '(IDENTIFIER=[1,4],ACCESS=REED)', '()'])(
    '%s is none', (text) => { expect(typeof parseAce(text)).toBe('number'); });

  test('the first entry that fits decides; wild members; all identifiers of an entry are needed; entries for new files do not count', () => {
    const acl = list('(IDENTIFIER=[100,*],OPTIONS=DEFAULT,ACCESS=WRITE)', '(IDENTIFIER=[100,2]+BATCH,ACCESS=DELETE)', '(IDENTIFIER=[100,2],ACCESS=NONE)', '(IDENTIFIER=[100,*],ACCESS=READ)');
    const uic = (group: number, member: number): number => group * 0x10000 + member;
    expect([grantedByAcl(acl, [uic(64, 2)]), grantedByAcl(acl, [uic(64, 2), 0x8000_0001]), grantedByAcl(acl, [uic(64, 5)]), grantedByAcl(acl, [uic(65, 2)])]).toEqual([0, 8, 1, undefined]);
    expect(inheritedAcl(acl, false)).toEqual(list('(IDENTIFIER=[100,*],ACCESS=WRITE)'));
    expect(inheritedAcl(acl, true)).toEqual(acl);
  });

  test('a header keeps a list behind its map, as long as there is room', () => {
    const header = newHeader({ number: 12, sequence: 1, rvn: 0 }, { name: 'A.B;1', owner: 1, protection: 0, characteristics: 0, backLink: { number: 4, sequence: 4, rvn: 0 }, date: 0n });
    const acl = list('(IDENTIFIER=[1,4],ACCESS=READ)', '(DEFAULT_PROTECTION,S:R)');
    storeAcl(header, acl);
    expect(aclOf(header)).toEqual(acl);
    expect(() => { storeAcl(header, new Uint8Array(400).fill(0)); }).toThrow();
    storeAcl(header, new Uint8Array(0));
    expect([aclOf(header).length, header[2]]).toEqual([0, 255]);
  });
});

describe('SET ACL, SHOW ACL, DIRECTORY', () => {
  const store = labelled('LISTS', 3000);
  const at = new VolumeSystem([store]);
  for (const command of ['MOUNT/SYSTEM DUA1: LISTS', 'CREATE/DIRECTORY/OWNER=[1,4] DUA1:[A]', 'SET DEFAULT DUA1:[A]', 'COPY NL: F.DAT']) at.lines(command);
  const shown = (): string[] => at.lines('SHOW ACL F.DAT').slice(1).map((line) => line.trim());

  test('entries are added, replaced, deleted, copied', () => {
    expect(at.lines('SHOW ACL F.DAT')).toEqual(['%SYSTEM-W-ACLEMPTY, access control list is empty']);
    expect(at.lines('SET ACL/ACL=(IDENTIFIER=[100,*],ACCESS=READ) F.DAT')).toEqual([]);
    at.lines('SET FILE/ACL=((IDENTIFIER=[100,2],ACCESS=NONE),(IDENTIFIER=BATCH,ACCESS=READ+WRITE)) F.DAT');
    const [none, batch, group] = ['(IDENTIFIER=[100,002],ACCESS=NONE)', '(IDENTIFIER=BATCH,ACCESS=READ+WRITE)', '(IDENTIFIER=[100,*],ACCESS=READ)'];
    expect(at.lines('SHOW ACL F.DAT')[0]).toMatch(/^Object type: file, {2}Object name: DUA1:\[A\]F\.DAT;1, {2}on /);
    expect(shown()).toEqual([none, batch, group]);
    at.lines(`SET ACL F.DAT/ACL=${batch}/DELETE`);
    at.lines(`SET ACL F.DAT/ACL=${none}/REPLACE=(IDENTIFIER=[100,3],ACCESS=WRITE)`);
    at.lines(`SET ACL F.DAT/AFTER=${group}/ACL=${batch}`);
    expect(shown()).toEqual(['(IDENTIFIER=[100,003],ACCESS=WRITE)', group, batch]);
    expect(at.lines(`SET ACL F.DAT/ACL=${none}/DELETE`).join()).toContain('NOSUCHACE');
    expect(at.lines('SET ACL F.DAT/ACL=(IDENTIFIER=X,ACCESS=READ)')).toEqual([expect.stringMatching(/^%SET-F-SYNTAX, error parsing/), expect.stringContaining('IVACL')]);
    at.lines('COPY NL: G.DAT');
    at.lines('SET FILE/ACL/LIKE=F.DAT G.DAT');
    expect(at.lines('DIRECTORY/ACL/NOHEADING/NOTRAILING G.DAT').map((line) => line.trim())).toEqual(['G.DAT;1', '(IDENTIFIER=[100,003],ACCESS=WRITE)', group, batch]);
    expect(at.lines('DIRECTORY/SECURITY/NOHEADING/NOTRAILING G.DAT')[0]).toMatch(/G\.DAT;1.*\[SYSTEM\].*RWED/);
    expect(at.lines('DIRECTORY/FULL G.DAT').filter((line) => /ACCESS=|Cntrl/.test(line))).toEqual([
      'Access Cntrl List:  (IDENTIFIER=[100,003],ACCESS=WRITE)', `${' '.repeat(20)}${group}`, `${' '.repeat(20)}${batch}`]);
    at.lines('SET ACL/DELETE F.DAT');
    expect(at.lines('SHOW ACL F.DAT').join()).toContain('ACLEMPTY');
  });

  test('new files get what their directory says: default entries and protection; a new version that of the old', () => {
    at.lines('SET DIRECTORY/ACL=((IDENTIFIER=[100,2],OPTIONS=DEFAULT,ACCESS=READ),(DEFAULT_PROTECTION,S:RWED,O:RWED,G:R,W)) DUA1:[A]');
    at.lines('COPY NL: NEW.DAT');
    expect(at.lines('SHOW ACL NEW.DAT').slice(1).map((line) => line.trim())).toEqual(['(IDENTIFIER=[100,002],ACCESS=READ)']);
    expect(at.lines('DIRECTORY/PROTECTION/NOHEADING/NOTRAILING NEW.DAT').join()).toContain('(RWED,RWED,R,)');
    at.lines('SET ACL/NEW/ACL=(IDENTIFIER=[7,7],ACCESS=DELETE) NEW.DAT');
    at.lines('COPY NL: NEW.DAT');
    expect(at.lines('SHOW ACL NEW.DAT;2').slice(1).map((line) => line.trim())).toEqual(['(IDENTIFIER=[007,007],ACCESS=DELETE)']);
    at.lines('SET ACL/DEFAULT NEW.DAT;2');
    expect(at.lines('SHOW ACL NEW.DAT;2').slice(1).map((line) => line.trim())).toEqual(['(IDENTIFIER=[100,002],ACCESS=READ)']);
    at.lines('CREATE/DIRECTORY [.SUB]');
    expect(at.lines('SHOW ACL SUB.DIR').length).toBe(3);
  });

  test('a list opens what the protection closes, and closes what it opens', () => {
    at.lines('SET FILE/PROTECTION=(S,O,G,W)/OWNER=[100,1] F.DAT');
    at.lines('SET PROCESS/PRIVILEGES=(NOALL,SETPRV)');
    expect(at.lines('TYPE F.DAT').join()).toMatch(/PRV|NOPRIV/);
    at.lines('SET PROCESS/PRIVILEGES=BYPASS');
    at.lines('SET ACL F.DAT/ACL=(IDENTIFIER=[1,4],ACCESS=READ)');
    at.lines('SET PROCESS/PRIVILEGES=NOBYPASS');
    expect(at.lines('TYPE F.DAT')).toEqual([]);
    expect(at.lines('DELETE F.DAT;').join()).toMatch(/PRV|NOPRIV/);
    at.lines('SET PROCESS/PRIVILEGES=BYPASS');
    at.lines('SET ACL/NEW F.DAT/ACL=(IDENTIFIER=[1,*],ACCESS=NONE)');
    at.lines('SET FILE/PROTECTION=(W:RWED) F.DAT');
    at.lines('SET PROCESS/PRIVILEGES=NOBYPASS');
    expect(at.lines('TYPE F.DAT').join()).toMatch(/PRV|NOPRIV/);
    at.lines('SET PROCESS/PRIVILEGES=ALL');
  });

  test('an identifier of the rights database is held from the next login on', () => {
    at.lines('UAF := $AUTHORIZE');
    at.lines('UAF ADD/IDENTIFIER PAYROLL');
    at.lines('UAF GRANT/IDENTIFIER PAYROLL SYSTEM');
    at.lines('SET ACL/NEW/ACL=(IDENTIFIER=PAYROLL,ACCESS=READ) F.DAT');
    at.lines('SET FILE/PROTECTION=(S,O,G,W) F.DAT');
    expect(at.lines('SHOW ACL F.DAT').at(-1)!.trim()).toBe('(IDENTIFIER=PAYROLL,ACCESS=READ)');
    at.lines('SET PROCESS/PRIVILEGES=(NOALL,SETPRV)');
    expect(at.lines('TYPE DUA1:[A]F.DAT').join()).toMatch(/PRV|NOPRIV/);
    at.lines('LOGOUT');
    at.system.keys('\r');
    at.lines('SET PROCESS/PRIVILEGES=(NOALL,SETPRV)');
    expect(at.lines('TYPE DUA1:[A]F.DAT')).toEqual([]);
    at.lines('SET PROCESS/PRIVILEGES=ALL');
    at.lines('DISMOUNT DUA1:');
    expect(verifyVolume(store)).toEqual([]);
  });
});
