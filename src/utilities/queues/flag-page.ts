import { asciiTime } from '../../executive/information/time.js';

/** Flag, burst and trailer pages. choice: VMS prints names in big letters; ours are spaced ones between ruled lines. */
export interface FlagFacts {
  readonly job: string;
  readonly entry: number;
  readonly queue: string;
  readonly user: string;
  readonly spec: string;
  readonly note: string;
  readonly submitted: bigint;
  readonly printed: bigint;
}

const WIDTH = 64;

function ruled(words: string): string[] {
  const rule = '*'.repeat(WIDTH);
  return [rule, rule, '', ...words.split('\n').map((line) => `   ${[...line].join(' ')}`), '', rule, rule];
}

const time = (value: bigint): string => (asciiTime(value) ?? '').slice(0, 17).trim();

/** Lines of a page about the whole job. */
export function jobPage(facts: FlagFacts, what: 'FLAG' | 'TRAILER'): string[] {
  return [
    ...ruled(`${facts.user}\n\n${facts.job}`), '',
    `${what === 'TRAILER' ? 'End of job' : 'Job'} ${facts.job} (${facts.entry}) queued to ${facts.queue} on ${time(facts.submitted)} by user ${facts.user},`,
    `printed on queue ${facts.queue} on ${time(facts.printed)}.`, ...(facts.note === '' ? [] : ['', facts.note]),
  ];
}

/** Lines of a page about one file. */
export function filePage(facts: FlagFacts, what: 'FLAG' | 'TRAILER'): string[] {
  const name = facts.spec.replace(/^.*\]/, '');
  return [...ruled(name), '', `${what === 'TRAILER' ? 'End of file' : 'File'} ${facts.spec}`, `Job ${facts.job} (${facts.entry}), user ${facts.user}, queue ${facts.queue}, ${time(facts.printed)}`];
}

/** The line between two flag pages where the paper is torn. */
export const burstLine = '='.repeat(WIDTH);
