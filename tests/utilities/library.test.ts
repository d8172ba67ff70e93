import { describe, expect, test } from 'vitest';
import { decodeLibrary, encodeLibrary, LHD$C_TEXT, LibraryFormatError } from '../../src/utilities/librarian/format.js';
import { helpLibrary, HELP_SOURCES } from '../../src/utilities/help/library.js';
import { matchingTopics, readRequest, topicsOf, topicTable, type Topic } from '../../src/utilities/help/tree.js';
import { lexicalNames } from '../../src/dcl/lexicals/registry.js';
import { COMMAND_TABLE_SOURCES } from '../../src/dcl/commands/registry.js';
import { parseCld } from '../../src/dcl/tables/cld-parser.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { UtilitySession } from './session.js';

const SUB = ['\t.TITLE SUB', '\t.PSECT CODE,EXE,NOWRT', 'SUB_ONE::\t.WORD 0', '\tMOVL #7,R0', '\tRET', '\t.END'].join('\n');
const OTHER = ['\t.TITLE OTHER', '\t.PSECT CODE,EXE,NOWRT', 'SUB_TWO::\t.WORD 0', '\tRET', '\t.END'].join('\n');
const MAIN = ['\t.TITLE MAIN', '\tDOUBLE R1', '\t.PSECT CODE,EXE,NOWRT', 'START:\t.WORD 0', '\tCALLS #0,SUB_ONE', '\tRET', '\t.END START'].join('\n').replace('\tDOUBLE R1\n', '');
const MACROS = ['; two macros', '\t.MACRO TWICE A ; doubles', '\tADDL2 A,A', '\t.ENDM TWICE', '\t.MACRO NOTHING', '\t.ENDM'].join('\n');
const USER = ['\t.PSECT CODE,EXE,NOWRT', 'GO:\t.WORD 0', '\tMOVL #3,R0', '\tTWICE R0', '\tINCL R0', '\tRET', '\t.END GO'].join('\n');
const HELP = ['1 FRUIT', ' Things that grow.', '2 Apple', ' Round.', '3 Peel', ' Thin.', '/RIPE', ' Takes ripe ones.', '1 FRUIT_SALAD', ' Mixed.', '1 STONE', ' Hard.'].join('\n');
const FILES = { 'A.TXT': 'one\ntwo\n', 'B.TXT': 'three\n', 'SUB.MAR': SUB, 'OTHER.MAR': OTHER, 'MAIN.MAR': MAIN, 'MACROS.MAR': MACROS, 'USER.MAR': USER, 'FRUIT.HLP': HELP };

describe('LIBRARY', () => {
  const dcl = new UtilitySession(FILES);

  test('text: create, insert, replace, extract, delete, list; qualifiers behind a file are that file\'s', () => {
    expect(dcl.lines('LIBRARY/CREATE/TEXT/LOG T A.TXT,B.TXT/MODULE=BEE')).toEqual([
      '%LIBRAR-S-INSERTED, module A inserted in DUA0:[TEST]T.TLB;1', '%LIBRAR-S-INSERTED, module BEE inserted in DUA0:[TEST]T.TLB;1',
    ]);
    const listing = dcl.lines('LIBRARY/LIST/TEXT T');
    expect(listing[0]).toMatch(/^Directory of TEXT library DUA0:\[TEST\]T\.TLB;1 on 21-AUG-1986 \d\d:\d\d:\d\d$/);
    expect(listing[3]).toBe('Number of modules:      2                 Max. key length:  39');
    expect(listing.slice(7)).toEqual(['', 'A', 'BEE']);
    expect(dcl.lines('LIBRARY/TEXT/INSERT T A')).toEqual(['%LIBRAR-E-INSERTERR, error inserting A in DUA0:[TEST]T.TLB;1', '-LBR-E-DUPKEY, duplicate keys']);
    expect(dcl.lines('LIBRARY/TEXT/LOG T A')).toEqual(['%LIBRAR-S-REPLACED, module A replaced in DUA0:[TEST]T.TLB;1']);
    dcl.lines('LIBRARY/TEXT/EXTRACT=(A,B*)/OUTPUT=X.TXT T');
    expect(dcl.lines('TYPE X.TXT')).toEqual(['one', 'two', 'three']);
    dcl.lines('LIBRARY/TEXT/DELETE=B* T');
    expect(dcl.lines('LIBRARY/LIST/TEXT T').slice(8)).toEqual(['A']);
    expect(dcl.lines('LIBRARY/TEXT/DELETE=B* T')).toEqual(['%LIBRAR-E-DELKEYERR, error deleting B* from DUA0:[TEST]T.TLB;1', '-LBR-E-KEYNOTFND, key not found']);
    expect(dcl.lines('DIRECTORY/NOHEADING/NOTRAILING *.TLB')).toEqual(['T.TLB;1']);
    expect(dcl.lines('LIBRARY/LIST A.TXT')).toEqual(['%LIBRAR-F-OPENIN, error opening DUA0:[TEST]A.TXT;1 as input', '-LBR-E-NOTLBR, file is not a library']);
  });

  test('LINK takes from an object library what is needed, and what /INCLUDE names', () => {
    dcl.lines('MACRO SUB', 'MACRO OTHER', 'MACRO MAIN', 'LIBRARY/CREATE SUBS SUB,OTHER');
    expect(dcl.lines('LIBRARY/LIST/FULL/NAMES SUBS').join('\n')).toMatch(/Module OTHER .* 1 s\s*ymbol\nSUB_TWO\n\nModule SUB .* 1 s\s*ymbol\nSUB_ONE/);
    expect(dcl.lines('LINK/MAP MAIN,SUBS/LIBRARY')).toEqual([]);
    expect(dcl.lines('RUN MAIN', 'SHOW SYMBOL $STATUS')).toEqual(['  $STATUS == "%X00000007"']);
    expect(dcl.lines('SEARCH MAIN.MAP SUB_TWO')).toEqual(['%SEARCH-I-NOMATCHES, no strings matched']);
    dcl.lines('LINK/MAP MAIN,SUBS/LIBRARY/INCLUDE=OTHER');
    expect(dcl.lines('SEARCH/NOOUTPUT MAIN.MAP SUB_TWO')).toEqual([]);
    dcl.lines('LIBRARY/REMOVE=SUB_ONE SUBS');
    expect(dcl.lines('LINK MAIN,SUBS/LIBRARY').join('\n')).toContain('%LINK-W-NUDFSYMS');
  });

  test('MACRO takes macros from a macro library, which holds them without comments', () => {
    dcl.lines('LIBRARY/CREATE/MACRO M MACROS');
    dcl.lines('LIBRARY/MACRO/EXTRACT=TWICE/OUTPUT=ONE.MAR M');
    expect(dcl.lines('TYPE ONE.MAR').map((line) => line.trim())).toEqual(['.MACRO TWICE A', 'ADDL2 A,A', '.ENDM TWICE']);
    expect(dcl.lines('MACRO USER+M/LIBRARY')).toEqual([]);
    dcl.lines('LINK USER');
    expect(dcl.lines('RUN USER', 'SHOW SYMBOL $STATUS')).toEqual(['  $STATUS == "%X00000007"']);
  });
});

describe('HELP', () => {
  const dcl = new UtilitySession(FILES);
  dcl.lines('LIBRARY/HELP/CREATE FRUIT FRUIT');
  const help = (keys: string): string[] => dcl.lines(`HELP/NOPROMPT/LIBRARY=SYS$DISK:[]FRUIT.HLB ${keys}`);

  test('topics, subtopics, qualifiers, wildcards, everything below, what there is not', () => {
    expect(help('FRUIT')).toEqual(['', 'FRUIT', '', '     Things that grow.', '', '  Additional information available:', '', '  Apple', '  /RIPE', '']);
    expect(help('FRUIT /RI')).toEqual(['', 'FRUIT', '', '  /RIPE', '', '       Takes ripe ones.', '']);
    expect(help('FRUIT/RIPE')).toEqual(help('FRUIT /RIPE'));
    expect(help('ST*')).toEqual(['', 'STONE', '', '     Hard.', '']);
    expect(help('FRUIT APPLE...')).toEqual(['', 'FRUIT', '', '  Apple', '', '       Round.', '', '    Peel', '', '         Thin.', '']);
    expect(help('FRUI')).toEqual(['', 'FRUIT', '', '     Things that grow.', '', 'FRUIT_SALAD', '', '     Mixed.', '']);
    expect(help('MOON')).toEqual(['', '  Sorry, no documentation on MOON', '', '  Additional information available:', '', '  FRUIT      FRUIT_SALAD           STONE', '']);
    expect(dcl.lines('HELP/LIBRARY=NOSUCH')).toEqual(['%HELP-E-OPENIN, error opening SYS$HELP:[TEST]NOSUCH.HLB; as input', expect.stringContaining('-RMS-F-DEV')]);
  });

  test('Topic? and Subtopic?: RETURN goes up, ? shows the list, a leaf keeps the prompt', () => {
    const last = (typed: string): string => dcl.lines(typed).at(-1)!;
    expect(last('HELP/LIBRARY=SYS$DISK:[]FRUIT.HLB FRUIT')).toBe('FRUIT Subtopic?');
    expect(last('APP')).toBe('FRUIT Apple Subtopic?');
    expect(last('PEEL')).toBe('FRUIT Apple Subtopic?');
    expect(last('')).toBe('FRUIT Subtopic?');
    expect(dcl.lines('NONE')[1]).toBe('  Sorry, no documentation on FRUIT NONE');
    expect(dcl.lines('?')).toContain('  Apple');
    expect(last('')).toBe('Topic?');
    expect(last('STONE')).toBe('Topic?');
    expect(dcl.lines('')).toEqual([]);
    expect(dcl.lines('SHOW SYMBOL $SEVERITY')).toEqual(['  $SEVERITY == "1"']);
  });
});

describe('the help library', () => {
  const topics = topicsOf(decodeLibrary(helpLibrary(0n)));
  const below = (from: readonly Topic[], key: string): readonly Topic[] => from.find((topic) => topic.key.toUpperCase() === key)?.topics ?? [];
  const modules = COMMAND_TABLE_SOURCES.map(parseCld);
  /** DCL knows it by name only, and says that it is not there: nothing to be helped with. */
  const isMissing = ({ syntax }: { readonly syntax?: string | undefined }): boolean => syntax === 'MISSING_OPTION' || syntax === 'MISSING_QUALIFIER';

  test('has every command with every qualifier, every option of SET and SHOW, every lexical function', () => {
    const missing: string[] = [];
    for (const { verbs, types, syntaxes } of modules) {
      for (const { name, qualifiers } of verbs) {
        if (!topics.some(({ key }) => key === name)) missing.push(name);
        for (const qualifier of qualifiers) if (!isMissing(qualifier) && name !== 'SET' && name !== 'SHOW' && !below(topics, name).some(({ key }) => key === `/${qualifier.name}`)) missing.push(`${name}/${qualifier.name}`);
      }
      for (const [verb, type] of [['SET', 'SET_OPTIONS'], ['SHOW', 'SHOW_OPTIONS']] as const) {
        for (const option of (types.get(type) ?? []).filter((each) => !isMissing(each))) {
          const found = below(below(topics, verb), option.name);
          if (!below(topics, verb).some(({ key }) => key === option.name)) missing.push(`${verb} ${option.name}`);
          for (const qualifier of syntaxes.find(({ name }) => name === option.syntax)?.qualifiers ?? []) {
            if (!isMissing(qualifier) && !found.some(({ key }) => key === `/${qualifier.name}`)) missing.push(`${verb} ${option.name}/${qualifier.name}`);
          }
        }
      }
    }
    for (const name of lexicalNames()) if (!below(topics, 'LEXICALS').some(({ key }) => key === name)) missing.push(name);
    expect(missing).toEqual([]);
  });

  test('has no qualifier that its command lacks, no option and no lexical function that is not there', () => {
    const extra: string[] = [];
    const verbs = new Map(modules.flatMap(({ verbs: each }) => each.map((verb) => [verb.name, verb] as const)));
    const isQualifier = ({ key }: Topic): boolean => key.startsWith('/');
    for (const topic of topics) {
      const verb = verbs.get(topic.key);
      const known = new Set([...(verb?.qualifiers ?? []), ...modules.flatMap(({ syntaxes }) => syntaxes.filter(({ name }) => name.startsWith(`${topic.key}_`)).flatMap(({ qualifiers }) => qualifiers))].map(({ name }) => `/${name}`));
      for (const { key } of topic.topics.filter(isQualifier)) if (!known.has(key)) extra.push(`${topic.key}${key}`);
    }
    for (const [verb, type] of [['SET', 'SET_OPTIONS'], ['SHOW', 'SHOW_OPTIONS']] as const) {
      const options = new Map(modules.flatMap(({ types }) => types.get(type) ?? []).map((option) => [option.name, option.syntax]));
      for (const topic of below(topics, verb).filter((each) => !isQualifier(each))) {
        if (!options.has(topic.key)) extra.push(`${verb} ${topic.key}`);
        const syntaxes = modules.flatMap((module) => module.syntaxes).filter(({ name }) => name === options.get(topic.key));
        const known = new Set(syntaxes.flatMap(({ qualifiers }) => qualifiers).map(({ name }) => `/${name}`));
        for (const { key } of topic.topics.filter(isQualifier)) if (!known.has(key)) extra.push(`${verb} ${topic.key}${key}`);
      }
    }
    const lexicals = new Set(lexicalNames());
    for (const { key } of below(topics, 'LEXICALS')) if (key.startsWith('F$') && !lexicals.has(key)) extra.push(key);
    expect(extra).toEqual([]);
  });

  test('text fits the screen and says something', () => {
    for (const source of HELP_SOURCES) for (const line of source.split('\n').filter((text) => !text.startsWith('!'))) expect(line.length, line).toBeLessThanOrEqual(76);
    const empty: string[] = [];
    const walk = (topic: Topic): void => {
      if (topic.text.every((line) => line.trim() === '')) empty.push(topic.key);
      topic.topics.forEach(walk);
    };
    topics.forEach(walk);
    expect(empty).toEqual([]);
  });
});

describe('small parts', () => {
  test('requests and keys', () => {
    expect(readRequest('copy/confirm')).toEqual({ keys: ['copy', '/confirm'], deep: false });
    expect(readRequest(' SET  FILE... ')).toEqual({ keys: ['SET', 'FILE'], deep: true });
    const topic = (key: string): Topic => ({ key, level: 1, text: [], topics: [] });
    expect(matchingTopics([topic('SET'), topic('SETUP')], 'set')).toHaveLength(1);
    expect(matchingTopics([topic('SET'), topic('SETUP')], 's%t*')).toHaveLength(2);
    expect(topicTable([topic('Examples'), topic('/LOG'), topic('Parameters')], 2)).toEqual(['  Parameters', '  /LOG', '  Examples']);
  });

  test('a library survives the way to the disk and back; damage is told', () => {
    const modules = [{ name: 'B', ident: 'V1', inserted: 5n, names: ['X', 'Y'], records: [textToBytes('abc'), textToBytes('')] }, { name: 'A', ident: '', inserted: 6n, names: [], records: [] }];
    const bytes = encodeLibrary({ type: LHD$C_TEXT, created: 1n, revised: 2n, librarian: 'me', modules });
    expect(bytes.length % 512).toBe(0);
    const read = decodeLibrary(bytes);
    expect(read.modules.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(read.modules[1]).toEqual(modules[0]);
    const refused: number[] = [];
    for (let at = 0; at < 0x30; at += 1) {
      const damaged = bytes.slice();
      damaged[at] = damaged[at]! ^ 0xff;
      try { decodeLibrary(damaged); } catch (error) {
        expect(error).toBeInstanceOf(LibraryFormatError);
        refused.push(at);
      }
    }
    // Type, version, sanity word, number of modules, places; not key length, minor version, dates and the count of names.
    expect(refused).toEqual(expect.arrayContaining([0, 2, 4, 5, 6, 7, 0x18, 0x20, 0x25, 0x28, 0x2d]));
    expect(refused.filter((at) => at === 1 || at === 3 || (at >= 8 && at < 0x18) || (at >= 0x1c && at < 0x20))).toEqual([]);
    expect(() => decodeLibrary(bytes.slice(0, 512))).toThrow(LibraryFormatError);
  });
});
