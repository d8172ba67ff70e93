import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { UTILITY_IMAGES } from '../../src/utilities/index.js';
import { Session } from './boot-dcl.js';

/**
 * Golden procedures: `golden/x.com` run with @ at the console of a booted system must print `golden/x.expected`. Each says in
 * its first line where the expectation comes from.
 */
const FOLDER = new URL('./golden/', import.meta.url);
const files = Object.fromEntries(readdirSync(FOLDER).filter((name) => name.endsWith('.com')).map((name) => [name.toUpperCase(), readFileSync(new URL(name, FOLDER), 'utf8')]));
const expected = readdirSync(FOLDER).filter((name) => name.endsWith('.expected')).map((name) => name.replace('.expected', ''));

describe('golden procedures', () => {
  let session: Session;
  beforeAll(() => {
    session = new Session(UTILITY_IMAGES, files);
    session.run();
  });

  it.each(expected)('%s', (name) => {
    const typed = `@${name}`;
    const text = session.type(typed).slice(typed.length);
    // Each record is shown as CR LF, text, CR; the prompt ends it.
    const lines = text.replace(/^\r\n\r/, '').split(/\r\r?\n/).filter((line) => line !== '\0$ ').map((line) => line.replace(/\r$/, ''));
    expect(`${lines.join('\n')}\n`).toBe(readFileSync(new URL(`${name}.expected`, FOLDER), 'utf8'));
  });

  it('SHOW DEFAULT says when the directory is not there', () => {
    session.type('set default [.nowhere]');
    expect(session.type('show default')).toContain('  DUA0:[TEST.NOWHERE]\r\r\n%DCL-I-INVDEF, DUA0:[TEST.NOWHERE] does not exist');
    session.type('set default [test]');
    expect(session.type('show default')).not.toContain('INVDEF');
  });

  it('runs to the same result twice', () => {
    expect(session.type('@control')).toBe(session.type('@control'));
  });
});
