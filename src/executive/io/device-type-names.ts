import * as DC from '../starlet/dcdef.js';

/** Names of device types, DT$_RA81 as RA81: what SHOW DEVICES/FULL shows and ALLOCATE/GENERIC is asked for. Codes mean something only within a class. */
const NAMES_OF_CLASS: Readonly<Record<number, RegExp>> = {
  [DC.DC$_DISK]: /^DT\$_(R|TU58|ML)/, [DC.DC$_TAPE]: /^DT\$_(T(?!U58|TY)|MR)/, [DC.DC$_TERM]: /^DT\$_(VT|LA(?!11)|FT|LQP|VK)/, [DC.DC$_LP]: /^DT\$_(LP11|LA11|LA180)/,
};

/** @param deviceClass  DC$_ @param type  DT$_ @returns undefined for a type without a name */
export function deviceTypeName(deviceClass: number, type: number): string | undefined {
  const pattern = NAMES_OF_CLASS[deviceClass];
  const known = pattern && Object.entries(DC).find(([name, value]) => pattern.test(name) && value === type);
  return known?.[0].slice(4);
}
