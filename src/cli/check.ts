import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { CHECK_TEXTS, checkProcedures, DCL_MESSAGE_SOURCE, type CheckedFile, type Finding } from '../dcl/index.js';
import { compileSystemMessages } from '../executive/information/system-messages.js';
import { EX_NOINPUT, UsageError } from './usage.js';

interface CheckFlags {
  readonly json?: boolean;
  readonly cld?: readonly string[];
}

/** Exit codes: nothing found, warnings only, errors. */
const CLEAN = 0;
const WARNINGS = 1;
const ERRORS = 2;

/** `starlet check`: procedures read without being run. */
export function checkCommand(): Command {
  return new Command('check')
    .description('read DCL procedures without running them and report mistakes')
    .argument('<file...>', 'the procedures; - is standard input')
    .option('--json', 'the findings as one JSON array')
    .option('--cld <file>', 'a command definition file whose verbs are known too (may be given more than once)', (file: string, files: string[] = []) => [...files, file])
    .addHelpText('after', [
      '', 'Reported: syntax errors, unknown or ambiguous verbs, qualifiers and keywords, missing labels, unbalanced IF and SUBROUTINE,',
      'commands that can never be reached, symbols that nothing sets. Lines built by apostrophes are judged as far as they are known.',
      'Procedures given together know of one another\'s symbols.',
      'Exit code: 0 nothing found, 1 warnings, 2 errors.',
      'Examples:', '  starlet check build.com', '  starlet check --json *.com',
    ].join('\n'))
    .action(check);
}

function check(names: readonly string[], flags: CheckFlags): void {
  const files = names.map((name): CheckedFile => ({ name, text: read(name) }));
  const found = checkProcedures(files, { definitions: (flags.cld ?? []).map((name) => read(name)) });
  const texts = messageTexts();
  const rows = found.flatMap((findings, index) => findings.map((finding) => describe(files[index]!.name, finding, texts)));
  if (flags.json) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  else for (const { file, line, column, severity, ident, text, token } of rows) {
    process.stdout.write(`${file}:${line}:${column}: ${severity}: ${text}${token === undefined ? '' : ` \\${token}\\`} [${ident}]\n`);
  }
  process.exitCode = rows.some(({ severity }) => severity === 'error') ? ERRORS : rows.length > 0 ? WARNINGS : CLEAN;
}

interface Row {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: Finding['severity'];
  readonly ident: string;
  readonly text: string;
  readonly token?: string;
}

function read(name: string): string {
  try {
    return readFileSync(name === '-' ? 0 : name, 'latin1');
  } catch {
    throw new UsageError(`cannot read ${name}`, EX_NOINPUT);
  }
}

type Texts = ReadonlyMap<number, { readonly ident: string; readonly text: string }>;

function messageTexts(): Texts {
  return new Map(compileSystemMessages([DCL_MESSAGE_SOURCE]).messages.map(({ code, ident, text }) => [code & 0x0fff_fff8, { ident, text }]));
}

function describe(file: string, { line, column, severity, code, token }: Finding, texts: Texts): Row {
  const known = typeof code === 'string' ? { ident: code, text: CHECK_TEXTS[code] } : texts.get(code & 0x0fff_fff8) ?? { ident: 'NOMSG', text: `condition ${code.toString(16)}` };
  // A text with a place for the name says it itself.
  const text = known.text.replace(/!AS/g, token ?? '');
  return { file, line, column, severity, ident: known.ident, text, ...(token === undefined || known.text.includes('!AS') ? {} : { token }) };
}
