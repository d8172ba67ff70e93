import { GSY$M_DEF, GSY$M_WEAK } from '../object/language.js';
import { decodeModules } from '../object/reader.js';

/** Object modules out of libraries: those named by /INCLUDE, and those that define what is still undefined. @source VAX/VMS Linker manual */
export interface LibraryMember {
  readonly name: string;
  /** Global symbols by which the library finds it. */
  readonly names: readonly string[];
  readonly records: readonly Uint8Array[];
}

/** Strong references of modules that none of them defines. */
function undefinedNames(objects: readonly (readonly Uint8Array[])[]): Set<string> {
  const defined = new Set<string>();
  const wanted = new Set<string>();
  for (const records of objects) {
    for (const { symbols } of decodeModules(records)) {
      for (const { name, flags } of symbols) {
        if ((flags & GSY$M_DEF) !== 0) defined.add(name);
        else if ((flags & GSY$M_WEAK) === 0) wanted.add(name);
      }
    }
  }
  for (const name of defined) wanted.delete(name);
  return wanted;
}

/**
 * Members that modules before the library need, and those these need in turn.
 *
 * @param isKnown  names that the system defines, which no library is searched for
 */
export function neededMembers(objects: readonly (readonly Uint8Array[])[], library: readonly LibraryMember[], isKnown: (name: string) => boolean): LibraryMember[] {
  const taken: LibraryMember[] = [];
  for (;;) {
    const wanted = undefinedNames([...objects, ...taken.map(({ records }) => records)]);
    const more = library.filter((member) => !taken.includes(member) && member.names.some((name) => wanted.has(name) && !isKnown(name)));
    if (more.length === 0) return taken;
    taken.push(...more);
  }
}
