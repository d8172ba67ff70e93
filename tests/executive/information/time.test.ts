import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  TICKS_PER_DAY, TICKS_PER_HUNDREDTH, WEEKDAYS, absoluteTime, asciiTime, binaryTime, dateOfDay, dayNumber, numericTime, weekday,
} from '../../../src/executive/information/time.js';

const NOW = absoluteTime({ year: 1986, month: 11, day: 21, hour: 12, minute: 34, second: 56, hundredth: 78 });

describe('calendar', () => {
  test('day 0 is 17-NOV-1858, a Wednesday', () => {
    expect(asciiTime(0n)).toBe('17-NOV-1858 00:00:00.00');
    expect(WEEKDAYS[weekday(0n)]).toBe('Wednesday');
    expect(WEEKDAYS[weekday(absoluteTime({ year: 2000, month: 1, day: 1, hour: 0, minute: 0, second: 0, hundredth: 0 }))]).toBe('Saturday');
    expect(dayNumber(1970, 1, 1)).toBe(40587);
  });

  test('days and dates are inverse, and agree with the host calendar', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 3_000_000 }), (day) => {
      const date = dateOfDay(day);
      expect(dayNumber(date.year, date.month, date.day)).toBe(day);
      const host = new Date((day - 40587) * 86_400_000);
      expect([date.year, date.month, date.day]).toEqual([host.getUTCFullYear(), host.getUTCMonth() + 1, host.getUTCDate()]);
    }));
  });

  test('ch29#32: a negative time is a delta time: year and month 0, day the number of days', () => {
    expect(numericTime(-(3n * TICKS_PER_DAY + 4n * 36_000_000_000n))).toEqual({ year: 0, month: 0, day: 3, hour: 4, minute: 0, second: 0, hundredth: 0 });
  });
});

describe('text', () => {
  test('absolute and delta formats', () => {
    expect(asciiTime(NOW)).toBe('21-NOV-1986 12:34:56.78');
    expect(asciiTime(NOW, true)).toBe('12:34:56.78');
    expect(asciiTime(-TICKS_PER_DAY)).toBe('   1 00:00:00.00');
    expect(asciiTime(-(10_000n * TICKS_PER_DAY))).toBeUndefined();
    expect(asciiTime(binaryTime('1-JAN-1986', NOW)!)).toBe(' 1-JAN-1986 12:34:56.78');
  });

  test('ch29#34: a delta string gives a negative time', () => {
    expect(binaryTime('0 00:00:10', NOW)).toBe(-100_000_000n);
    expect(binaryTime('1 12:00:00.50', NOW)).toBe(-(TICKS_PER_DAY + TICKS_PER_DAY / 2n + 50n * TICKS_PER_HUNDREDTH));
    expect(binaryTime('0 ::00.05', NOW)).toBe(-(5n * TICKS_PER_HUNDREDTH));
    expect(binaryTime('5', NOW)).toBe(-5n * TICKS_PER_DAY);
  });

  test('ch29#35: omitted fields of an absolute string come from the current time', () => {
    const text = (source: string): string | undefined => { const time = binaryTime(source, NOW); return time === undefined ? undefined : asciiTime(time); };
    expect(text('-- 00:00:00.00')).toBe('21-NOV-1986 00:00:00.00');
    expect(text('-DEC-')).toBe('21-DEC-1986 12:34:56.78');
    expect(text('--1990 12')).toBe('21-NOV-1990 12:34:56.78');
    expect(text('15:00')).toBe('21-NOV-1986 15:00:56.78');
    expect(text('::30')).toBe('21-NOV-1986 12:34:30.78');
    expect(text('5-jul-1987 1:2:3.4')).toBe(' 5-JUL-1987 01:02:03.40');
  });

  test('what is no time', () => {
    for (const bad of ['31-FEB-1986', '1-XXX-1986', '24:00', '12:60', 'TOMORROW', '0 25:00', '1-1-1986', '1-JAN-1857', '12345 0:0']) {
      expect(binaryTime(bad, NOW)).toBeUndefined();
    }
  });

  test('text and time are inverse', () => {
    const hundredths = fc.bigInt({ min: 0n, max: 9999n * 8_640_000n - 1n });
    fc.assert(fc.property(hundredths, (count) => {
      const delta = -(count * TICKS_PER_HUNDREDTH);
      if (count > 0n) expect(binaryTime(asciiTime(delta)!, NOW)).toBe(delta);
      const absolute = NOW + count * TICKS_PER_HUNDREDTH;
      expect(binaryTime(asciiTime(absolute)!, 0n)).toBe(absolute);
      const { year, month, day, hour, minute, second, hundredth } = numericTime(absolute);
      expect(absoluteTime({ year, month, day, hour, minute, second, hundredth })).toBe(absolute);
    }));
  });
});
