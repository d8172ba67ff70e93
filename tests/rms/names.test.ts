import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_VAR, FAB$M_PUT } from '../../src/executive/starlet/fabdef.js';
import { LNM$M_CONCEALED, LNM$M_TERMINAL } from '../../src/executive/starlet/lnmdef.js';
import { NAM$M_SYNCHK } from '../../src/executive/starlet/namdef.js';
import { IO$M_CREATE, IO$_CREATE } from '../../src/executive/starlet/iodef.js';
import {
  RMS$_DEV, RMS$_DIR, RMS$_DNF, RMS$_FNF, RMS$_FNM, RMS$_NMF, RMS$_NORMAL, RMS$_VER,
} from '../../src/executive/starlet/rmsdef.js';
import { ATR$C_UCHAR, FCH$M_DIRECTORY } from '../../src/filesystem/atr.js';
import { FIB } from '../../src/filesystem/fib.js';
import { define, expanded, makeFab, makeNam, resultant, runOnDisk } from './support.js';

function* parse(p: Procedure, name: string, defaults = '', options = 0): Flow<string | number> {
  return yield* p.scratch(function* () {
    const fab = makeFab(p, name, {}, defaults);
    const nam = makeNam(p, fab);
    nam.NAM$B_NOP = options;
    const status = yield* service(p, '$PARSE', { fab: fab.address });
    return status & 1 ? expanded(p, nam) : status;
  });
}

/** Resultant strings of a search, then the status that ended it. */
function* search(p: Procedure, name: string, defaults = '*.*;*'): Flow<(string | number)[]> {
  return yield* p.scratch(function* () {
    const fab = makeFab(p, name, {}, defaults);
    const nam = makeNam(p, fab);
    const found: (string | number)[] = [];
    let status = yield* service(p, '$PARSE', { fab: fab.address });
    while (status & 1) {
      status = yield* service(p, '$SEARCH', { fab: fab.address });
      found.push(status & 1 ? resultant(p, nam) : status);
    }
    return found.length === 0 ? [status] : found;
  });
}

function* createEmpty(p: Procedure, name: string): Flow<number> {
  return yield* p.scratch(function* () {
    const fab = makeFab(p, name, { fac: FAB$M_PUT, rfm: FAB$C_VAR });
    const status = yield* service(p, '$CREATE', { fab: fab.address });
    return status & 1 ? yield* service(p, '$CLOSE', { fab: fab.address }) : status;
  });
}

/** Makes a directory in the master file directory or one below it, by its file ID. */
function* createDirectory(p: Procedure, name: string, parent: Uint8Array): Flow<Uint8Array> {
  return yield* p.scratch(function* () {
    const channel = p.allocate(4);
    yield* service(p, '$ASSIGN', { devnam: p.string('_DUA0:'), chan: channel });
    const fib = FIB.at(p.memory, p.allocate(FIB.size));
    p.memory.writeBytes(fib.address + FIB.offset.FIB$W_DID_NUM, parent);
    const flags = p.allocate(4);
    p.memory.writeLong(flags, FCH$M_DIRECTORY);
    const list = p.allocate(12);
    p.memory.writeWord(list, 4);
    p.memory.writeWord(list + 2, ATR$C_UCHAR);
    p.memory.writeLong(list + 4, flags);
    const iosb = p.allocate(8);
    yield* service(p, '$QIOW', {
      chan: p.memory.readLong(channel), func: IO$_CREATE | IO$M_CREATE, iosb, p1: p.descriptor(FIB.size, fib.address), p2: p.string(`${name}.DIR;1`), p5: list,
    });
    expect(p.memory.readWord(iosb) & 1).toBe(1);
    yield* service(p, '$DASSGN', { chan: p.memory.readLong(channel) });
    return p.memory.readBytes(fib.address + FIB.offset.FIB$W_FID_NUM, 6);
  });
}

const MFD = Uint8Array.of(4, 0, 4, 0, 0, 0);

describe('names', () => {
  it('expands them, with logical names, defaults and the default directory', () => {
    const answers: Record<string, string | number> = {};
    runOnDisk(function* (p) {
      const a = yield* createDirectory(p, 'A', MFD);
      yield* createDirectory(p, 'B', a);
      yield* define(p, 'SRC', ['DUA0:[A.B]']);
      yield* define(p, 'AGAIN', ['SRC']);
      yield* define(p, 'FILE', ['SRC:X.Y;3']);
      yield* define(p, 'ROOT', ['DUA0:[A.]'], LNM$M_CONCEALED | LNM$M_TERMINAL);
      yield* define(p, 'LOOP', ['LOOP2:']);
      yield* define(p, 'LOOP2', ['LOOP:']);
      const ask = function* (name: string, defaults = '', options = 0): Flow<void> {
        answers[`${name} ${defaults}`.trim()] = yield* parse(p, name, defaults, options);
      };
      yield* ask('x.dat');
      yield* ask('x', '.COM;2');
      yield* ask('AGAIN:Z');
      yield* ask('FILE');
      yield* ask('SRC:[-]Q');
      yield* ask('SRC:[A]Q');
      yield* ask('ROOT:[B]F.G');
      yield* ask('ROOT:[000000]F.G');
      yield* ask('DUA0:[A.][B]F');
      yield* ask('[C]');
      yield* ask('[C]X', '', NAM$M_SYNCHK);
      yield* ask('NODEV:X');
      yield* ask('[-]X');
      yield* ask('A*B.C;X');
      yield* ask('FILE.Z', 'FILE:');
      yield* ask('OPA0:');
      yield* ask('?');
      expect(yield* service(p, '$SETDDIR', { newdir: p.string('[A]') })).toBe(RMS$_NORMAL);
      yield* ask('[.B]X');
      yield* ask('[-]Y.Z');
      yield* ask('[...]*.*;*');
      return 1;
    });
    expect(answers).toMatchObject({
      'x.dat': 'DUA0:[000000]X.DAT;', 'x .COM;2': 'DUA0:[000000]X.COM;2', 'AGAIN:Z': 'DUA0:[A.B]Z.;', FILE: 'DUA0:[A.B]X.Y;3', 'SRC:[-]Q': RMS$_DIR,
      'SRC:[A]Q': RMS$_DIR, 'ROOT:[B]F.G': 'ROOT:[B]F.G;', 'ROOT:[000000]F.G': 'ROOT:[000000]F.G;', 'DUA0:[A.][B]F': 'DUA0:[A.][B]F.;',
      '[C]': RMS$_DNF, '[C]X': 'DUA0:[C]X.;', 'NODEV:X': RMS$_DEV, '[-]X': RMS$_DIR, 'A*B.C;X': RMS$_VER, '?': RMS$_FNM,
      'FILE.Z FILE:': 'DUA0:[A.B]FILE.Z;3', '[.B]X': 'DUA0:[A.B]X.;', '[-]Y.Z': 'DUA0:[000000]Y.Z;', '[...]*.*;*': 'DUA0:[A...]*.*;*',
    });
  });

  it('searches directories, ellipses, search lists, versions', () => {
    const found: Record<string, (string | number)[]> = {};
    const { system } = runOnDisk(function* (p) {
      const a = yield* createDirectory(p, 'A', MFD);
      const b = yield* createDirectory(p, 'B', a);
      yield* createDirectory(p, 'C', b);
      yield* createDirectory(p, 'E', MFD);
      for (const name of ['[A]ONE.TXT', '[A]ONE.TXT', '[A]TWO.COM', '[A.B]THREE.TXT', '[A.B.C]FOUR.TXT', '[E]ONE.TXT', '[E]FIVE.TXT']) {
        expect(yield* createEmpty(p, name)).toBe(RMS$_NORMAL);
      }
      yield* define(p, 'LIST', ['DUA0:[E]', 'DUA0:[A]']);
      yield* define(p, 'ROOT', ['DUA0:[A.]'], LNM$M_CONCEALED | LNM$M_TERMINAL);
      for (const name of ['[A]*.TXT', '[A]*.TXT;', '[A...]*.TXT', '[A.*]*.*', '[*]ONE.TXT;0', 'LIST:ONE.TXT;', 'ROOT:[B...]*.TXT', '[A]NONE.*', '[A]TWO.COM;', '[X]*.*', '[%.B]*.TXT', '[A]O%E.T*;1']) {
        found[name] = yield* search(p, name);
      }
      const fab = makeFab(p, 'LIST:TWO.COM');
      expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const from = makeFab(p, '[A]TWO.COM');
      const to = makeFab(p, '[E]DEUX.COM');
      expect(yield* service(p, '$RENAME', { oldfab: from.address, newfab: to.address })).toBe(RMS$_NORMAL);
      found['renamed'] = [...(yield* search(p, '[A]TWO.*')), ...(yield* search(p, '[E]*.COM'))];
      const gone = makeFab(p, '[E]DEUX.COM;1');
      expect(yield* service(p, '$ERASE', { fab: gone.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$ERASE', { fab: gone.address })).toBe(RMS$_FNF);
      return 1;
    });
    expect(found).toEqual({
      '[A]*.TXT': ['DUA0:[A]ONE.TXT;2', 'DUA0:[A]ONE.TXT;1', RMS$_NMF],
      '[A]*.TXT;': ['DUA0:[A]ONE.TXT;2', RMS$_NMF],
      '[A...]*.TXT': ['DUA0:[A]ONE.TXT;2', 'DUA0:[A]ONE.TXT;1', 'DUA0:[A.B]THREE.TXT;1', 'DUA0:[A.B.C]FOUR.TXT;1', RMS$_NMF],
      '[A.*]*.*': ['DUA0:[A.B]C.DIR;1', 'DUA0:[A.B]THREE.TXT;1', RMS$_NMF],
      '[*]ONE.TXT;0': ['DUA0:[A]ONE.TXT;2', 'DUA0:[E]ONE.TXT;1', RMS$_NMF],
      'LIST:ONE.TXT;': ['DUA0:[E]ONE.TXT;1', 'DUA0:[A]ONE.TXT;2', RMS$_NMF],
      'ROOT:[B...]*.TXT': ['ROOT:[B]THREE.TXT;1', 'ROOT:[B.C]FOUR.TXT;1', RMS$_NMF],
      '[A]NONE.*': [RMS$_FNF],
      '[A]TWO.COM;': ['DUA0:[A]TWO.COM;1', RMS$_NMF],
      '[X]*.*': [RMS$_DNF],
      '[%.B]*.TXT': ['DUA0:[A.B]THREE.TXT;1', RMS$_NMF],
      '[A]O%E.T*;1': ['DUA0:[A]ONE.TXT;1', RMS$_NMF],
      renamed: [RMS$_FNF, 'DUA0:[E]DEUX.COM;1', RMS$_NMF],
    });
    expect(system.checkBooks()).toEqual([]);
  });
});
