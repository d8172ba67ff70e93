/** Output specifications of COPY and RENAME: fields given as `*` or left out come from the input file. */
export interface FileFields {
  readonly directory: string;
  readonly name: string;
  readonly type: string;
  readonly version: string;
}

/** Takes NAME.TYPE;VERSION apart from what stands before it. Fields keep their `.` and `;`. */
export function fieldsOf(spec: string): FileFields {
  const match = /^(.*[\]>:])?([^.;]*)(\.[^.;]*)?([;.].*)?$/.exec(spec);
  return { directory: match?.[1] ?? '', name: match?.[2] ?? '', type: match?.[3] ?? '', version: match?.[4] ?? '' };
}

const isOpen = (text: string): boolean => text === '' || /^[.;]?\*$/.test(text);

/**
 * The specification of an output file.
 *
 * @param typed    what the user gave
 * @param input    the input file
 * @param version  keep the input's version when the output has a wildcard there
 */
export function outputName(typed: string, input: FileFields): string {
  const given = fieldsOf(typed);
  const name = isOpen(given.name) ? input.name : given.name;
  const type = isOpen(given.type) ? input.type : given.type;
  const version = /^[;.]\*$/.test(given.version) ? input.version : given.version;
  return `${given.directory}${name}${type}${version}`;
}
