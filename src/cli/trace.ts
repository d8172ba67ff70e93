import { InvalidArgumentError } from 'commander';

/** What can be followed from the host: `--trace=CATEGORY[,CATEGORY]`. */
const CATEGORIES: Readonly<Record<string, string>> = {
  'dcl-subst': 'each command line after each phase of substitution',
};

export const TRACE_HELP = `follow on standard error: ${Object.entries(CATEGORIES).map(([name, what]) => `${name} (${what})`).join(', ')}`;

/** --trace CATEGORY[,CATEGORY], repeatable. */
export function traceOption(value: string, before: readonly string[] = []): readonly string[] {
  const wanted = value.split(',');
  const unknown = wanted.find((category) => !(category in CATEGORIES));
  if (unknown !== undefined) throw new InvalidArgumentError(`There are: ${Object.keys(CATEGORIES).join(', ')}.`);
  return [...before, ...wanted];
}

/** What the kernel is given: undefined when nothing is to be followed. */
export function tracer(categories: readonly string[] = []): ((category: string, text: string) => void) | undefined {
  if (categories.length === 0) return undefined;
  return (category, text) => { if (categories.includes(category)) process.stderr.write(`${category} ${text}\n`); };
}
