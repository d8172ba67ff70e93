/** The parts of a file specification that the image activator looks at. */
export interface ImageName {
  /** Logical name or device, without the colon. */
  readonly device: string;
  /** Between the brackets. */
  readonly directory: string;
  readonly name: string;
  /** Without the dot. */
  readonly type: string;
}

/** Takes a specification apart; parts not given are empty. A version is dropped. */
export function parseImageName(specification: string): ImageName {
  const match = /^(?:(?:[^:]*::)?([^:[<]*):)?(?:[[<]([^\]>]*)[\]>])?([^.;]*)(?:\.([^.;]*))?(?:[.;].*)?$/.exec(specification.trim().toUpperCase());
  return { device: match?.[1] ?? '', directory: match?.[2] ?? '', name: match?.[3] ?? '', type: match?.[4] ?? '' };
}

/** Where the images that come with the system are; one of them named there is the resident one. */
const SYSTEM_DEVICES = new Set(['SYS$SYSTEM', 'SYS$SHARE', 'SYS$LIBRARY', 'SYS$SYSROOT']);
const SYSTEM_DIRECTORIES = /^(?:SYS\d\.)?(?:SYSEXE|SYSLIB|SYS0\.SYSEXE)$/;

/**
 * The name under which a resident image may be found, or undefined when the specification names a file somewhere else.
 *
 * @param given     what the caller asked for
 * @param defaults  its default file name
 */
export function residentName(given: string, defaults: string): string | undefined {
  const name = parseImageName(given);
  const rest = parseImageName(defaults);
  const device = name.device !== '' || name.directory !== '' ? name.device : rest.device;
  const directory = name.directory;
  const type = name.type !== '' ? name.type : rest.type;
  if (name.name === '' || (type !== 'EXE' && type !== '')) return undefined;
  if (device === 'SYS$SYSROOT' || !SYSTEM_DEVICES.has(device)) return SYSTEM_DIRECTORIES.test(directory) ? name.name : undefined;
  return directory === '' ? name.name : undefined;
}
