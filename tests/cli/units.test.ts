import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openUnits, unitOption } from '../../src/cli/units.js';
import { UsageError } from '../../src/cli/usage.js';

const directory = mkdtempSync(join(tmpdir(), 'starlet-units-'));
afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

describe('--unit', () => {
  test('unit, file, write protection and size', () => {
    const first = unitOption('DUA1=a=b.dsk:ro', undefined);
    expect(unitOption('_dub7:=c.dsk,500', first)).toEqual([
      { controller: 0, unit: 1, path: 'a=b.dsk', readOnly: true, blocks: undefined }, { controller: 1, unit: 7, path: 'c.dsk', readOnly: false, blocks: 500 },
    ]);
  });

  test.each(['DUA0=x', 'DUA8=x', 'DUE1=x', 'DUA1', 'DUA1=', 'DUA1=x,5', 'DUA1=x,99999999'])('%s is refused', (value) => {
    expect(() => unitOption(value, undefined)).toThrow(UsageError);
  });

  test('a unit has one disk', () => {
    expect(() => unitOption('DUA1=y', unitOption('DUA1=x', undefined))).toThrow(UsageError);
  });

  test('an image is in one unit, under whatever name: not in two, nor the system disk in another', () => {
    const [path, link] = [join(directory, 'one.dsk'), join(directory, 'link.dsk')];
    openUnits(unitOption(`DUA1=${path},300`, undefined))[0]!.store.close();
    symlinkSync(path, link);
    expect(() => openUnits(unitOption(`DUA2=${link}`, unitOption(`DUA1=${path}`, undefined)))).toThrow(/in another unit/);
    expect(() => openUnits(unitOption(`DUA1=${link}:ro`, undefined), path)).toThrow(/in another unit/);
  });

  test('with a size an image is made, once; without, it must be there', () => {
    const path = join(directory, 'new.dsk');
    expect(() => openUnits(unitOption(`DUA1=${path}`, undefined))).toThrow(UsageError);
    for (const size of [300, 700]) {
      const [unit] = openUnits(unitOption(`DUA1=${path},${size}`, undefined));
      expect([unit!.store.blocks, statSync(path).size]).toEqual([300, 300 * 512]);
      unit!.store.close();
    }
    expect(() => openUnits(unitOption(`DUA1=${directory}`, undefined))).toThrow(UsageError);
  });
});
