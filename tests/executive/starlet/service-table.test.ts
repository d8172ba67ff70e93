import { expect, test } from 'vitest';
import {
  SERVICE_ARGUMENTS, SERVICES, VECTOR_BASE, VECTOR_FREE, VECTOR_LABELS, VECTOR_PAGES, serviceSymbol, serviceVector, type Service,
} from '../../../src/executive/starlet/service-table.js';

const ofKind = (...kinds: Service['kind'][]) => SERVICES.filter((service) => kinds.includes(service.kind));

test('vectors and free code space do not overlap and fit the five pages', () => {
  const places = [
    ...SERVICES.map((service) => [service.vectorOffset, service.size, service.name] as const),
    ...VECTOR_FREE.map(([offset, size]) => [offset, size, 'free'] as const),
    [0x10, 8, 'SYS$CALL_HANDL'] as const, [0x310, 4, 'SYS$GL_ASTRET'] as const, [0x314, 4, 'SYS$GL_COMMON'] as const, [0x318, 8, 'SYS$SRCHANDLER'] as const,
  ].sort((one, other) => one[0] - other[0]);
  for (let index = 1; index < places.length; index += 1) {
    const before = places[index - 1]!;
    expect(before[0] + before[1], `${before[2]} runs into ${places[index]![2]}`).toBeLessThanOrEqual(places[index]![0]);
  }
  const last = places[places.length - 1]!;
  expect(last[0] + last[1]).toBeLessThanOrEqual(VECTOR_PAGES * 512);
});

test('ch09#3 a vector is at least 8 bytes; the simple change-mode ones are exactly 8', () => {
  for (const service of SERVICES) {
    expect(service.vectorOffset % 8).toBe(0);
    if (service.kind === 'synchronous') expect(service.size).toBeGreaterThanOrEqual(8);
    else expect(service.size).toBe(8);
  }
});

test('every service of Table 9-1 is there once, with a vector', () => {
  expect(SERVICES.map((service) => service.name).sort()).toEqual(Object.keys(SERVICE_ARGUMENTS).sort());
  expect([ofKind('kernel').length, ofKind('executive').length, ofKind('rms').length, ofKind('rmsPlain').length, ofKind('synchronous').length]).toEqual([85, 27, 29, 5, 11]);
});

test('codes are dense: kernel from $CLRAST = 0, executive from 0, RMS behind the executive', () => {
  expect(ofKind('kernel').map((service) => service.code)).toEqual(ofKind('kernel').map((_service, index) => index));
  const toExecutive = ofKind('executive', 'rms', 'rmsPlain');
  expect(toExecutive.map((service) => service.code)).toEqual(toExecutive.map((_service, index) => index));
  expect(SERVICES.find((service) => service.code === 0 && service.kind === 'kernel')?.name).toBe('$CLRAST');
  expect(ofKind('kernel').length).toBeLessThan(255);
});

test('a synchronous service has the code and arguments of its asynchronous part', () => {
  for (const service of ofKind('synchronous')) {
    if (service.asynchronous === undefined) continue;
    const part = SERVICES.find((candidate) => candidate.name === service.asynchronous)!;
    expect([service.code, SERVICE_ARGUMENTS[service.name]]).toEqual([part.code, SERVICE_ARGUMENTS[part.name]]);
    expect(SERVICE_ARGUMENTS[service.name][service.efnArgument! - 1]).toBe('efn');
    expect(['iosb', 'lksb']).toContain(SERVICE_ARGUMENTS[service.name][service.statusArgument! - 1]);
  }
});

test('required counts never exceed the arguments there are, and fit a byte', () => {
  for (const service of SERVICES) {
    expect(service.required, service.name).toBeLessThanOrEqual(SERVICE_ARGUMENTS[service.name].length);
    expect(new Set(SERVICE_ARGUMENTS[service.name]).size).toBe(SERVICE_ARGUMENTS[service.name].length);
  }
  expect(SERVICES.find((service) => service.name === '$QIO')?.required).toBe(12);
});

test('addresses that linked images rely on', () => {
  expect([serviceVector('$QIOW'), serviceVector('$IMGSTA'), serviceVector('$EXIT'), serviceVector('$QIO')]).toEqual([0x7ffede00, 0x7ffedf68, 0x7ffedf40, 0x7ffedfc8]);
  expect(serviceSymbol('SYS$CALL_HANDL')).toBe(VECTOR_LABELS.SYS$CALL_HANDL);
  expect([serviceSymbol('SYS$HIBER'), serviceSymbol('SYS$NOTHING'), VECTOR_BASE]).toEqual([0x7ffedf88, undefined, 0x7ffede00]);
});
