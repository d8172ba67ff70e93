import { describe, expect, it } from 'vitest';
import { Session } from './boot-dcl.js';

describe('DCL on the booted system', () => {
  it('prompts and answers', () => {
    const session = new Session();
    console.log(JSON.stringify(session.run()));
    console.log(JSON.stringify(session.type('write sys$output "hello"')));
    expect(session.console).toContain('$ ');
  });
});
