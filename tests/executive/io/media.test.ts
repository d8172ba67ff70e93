import { expect, test } from 'vitest';
import { mediaId, mediaName, mediaType } from '../../../src/executive/io/media.js';

test('media identification: letters in five bits, and back', () => {
  expect(mediaId('DU', 'RA81')).toBe(0x25641051);
  expect(mediaId('DJ', 'RA60')).toBe(0x22a4103c);
  for (const [type, name] of [['DU', 'RA81'], ['DJ', 'RA60'], ['DU', 'RD53'], ['MU', 'TK50']] as const) {
    const id = mediaId(type, name);
    expect([mediaType(id), mediaName(id)]).toEqual([type, name]);
  }
  expect([mediaType(0), mediaName(0)]).toEqual(['', '']);
});
