import { matchesWildcard } from '../../dcl/language/wildcard.js';
import { bytesToText } from '../../executive/structures/memory.js';
import type { Library } from '../librarian/format.js';
import { helpKey } from '../librarian/modules.js';

/** Help text as a tree of topics. @source VAX Librarian manual, help libraries */
export interface Topic {
  readonly key: string;
  /** 1 for the topics of the library, 0 for the library itself. */
  readonly level: number;
  readonly text: string[];
  readonly topics: Topic[];
}

/** The topics of a help library. */
export function topicsOf(library: Library): Topic[] {
  return library.modules.map(({ records }) => topicOf(records.map((record) => bytesToText(record)))).filter((topic) => topic !== undefined);
}

function topicOf(lines: readonly string[]): Topic | undefined {
  const path: Topic[] = [];
  for (const line of lines) {
    const found = helpKey(line);
    if (!found) {
      path.at(-1)?.text.push(line);
      continue;
    }
    const topic: Topic = { key: found.key, level: found.level, text: [], topics: [] };
    while (path.length > 0 && path.at(-1)!.level >= found.level) if (path.length === 1) return path[0]; else path.pop();
    path.at(-1)?.topics.push(topic);
    path.push(topic);
  }
  return path[0];
}

/** What was typed behind HELP or at its prompt. */
export interface Request {
  readonly keys: readonly string[];
  /** `...`: everything below too. */
  readonly deep: boolean;
}

/** `COPY/CONFIRM`, `SET FILE`, `COPY...`: keys are parted by blanks, a slash begins one. */
export function readRequest(text: string): Request {
  const deep = /\.\.\.\s*$/.test(text);
  const words = text.replace(/\.\.\.\s*$/, '').replaceAll('/', ' /').trim().split(/[ \t]+/).filter((word) => word !== '' && word !== '/');
  return { keys: words, deep };
}

/** Topics that a key means: the one of that name, those it abbreviates, those its wildcards fit. */
export function matchingTopics(topics: readonly Topic[], key: string): Topic[] {
  const wanted = key.toUpperCase();
  const exact = topics.filter((topic) => topic.key.toUpperCase() === wanted);
  if (exact.length > 0) return exact;
  return topics.filter((topic) => matchesWildcard(topic.key.toUpperCase(), /[*%]/.test(wanted) ? wanted : `${wanted}*`));
}

/** Where the keys of a request lead: each way down, from the first topic on. */
export function pathsTo(root: readonly Topic[], keys: readonly string[]): Topic[][] {
  let paths: Topic[][] = [[]];
  for (const key of keys) {
    paths = paths.flatMap((path) => matchingTopics(path.at(-1)?.topics ?? root, key).map((topic) => [...path, topic]));
  }
  return paths.filter((path) => path.length > 0);
}

const CELL = 11;
const WIDTH = 80;

/** Names of topics in cells: plain ones, qualifiers on lines of their own, Examples last. */
export function topicTable(topics: readonly Topic[], indent: number): string[] {
  const names = topics.map(({ key }) => key);
  const groups = [
    names.filter((name) => !name.startsWith('/') && name.toUpperCase() !== 'EXAMPLES'), names.filter((name) => name.startsWith('/')),
    names.filter((name) => name.toUpperCase() === 'EXAMPLES'),
  ];
  return groups.flatMap((group) => rows(group, indent));
}

function rows(names: readonly string[], indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const name of names) {
    const cell = name.padEnd(CELL * Math.ceil((name.length + 1) / CELL));
    if (line !== '' && indent + line.length + name.length > WIDTH - 1) {
      lines.push(line);
      line = '';
    }
    line += cell;
  }
  if (line !== '') lines.push(line);
  return lines.map((text) => `${' '.repeat(indent)}${text}`.trimEnd());
}

const isBlank = (line: string): boolean => line.trim() === '';

/** Heading and text of a topic behind the headings of what it belongs to. */
export function topicLines(path: readonly Topic[], shown: readonly Topic[] = []): string[] {
  const lines: string[] = [];
  path.forEach((topic, depth) => {
    if (shown[depth] !== topic) lines.push('', ' '.repeat(2 * depth) + topic.key);
  });
  const topic = path.at(-1)!;
  const text = [...topic.text];
  while (text.length > 0 && isBlank(text[0]!)) text.shift();
  while (text.length > 0 && isBlank(text.at(-1)!)) text.pop();
  const indent = ' '.repeat(2 * path.length + 2);
  if (text.length > 0) lines.push('', ...text.map((line) => (isBlank(line) ? '' : indent + line)));
  return lines;
}

/** The list of what there is below a topic. */
export function moreLines(topics: readonly Topic[], level: number): string[] {
  if (topics.length === 0) return [];
  const indent = 2 * Math.max(1, level);
  return ['', `${' '.repeat(indent)}Additional information available:`, '', ...topicTable(topics, indent)];
}
