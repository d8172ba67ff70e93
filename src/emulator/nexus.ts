/** Connections of the bus, each with its part of I/O space and, in the SCB, a vector for each of IPL 20 to 23. */
export const NEXUS_COUNT = 16;
/** Bytes of I/O space a nexus answers in. */
export const NEXUS_REGION = 0x2000;
export const nexusBase = (nexus: number): number => 0x2000_0000 + nexus * NEXUS_REGION;
export const nexusVector = (nexus: number, ipl: number): number => 0x100 + 0x40 * (ipl - 20) + 4 * nexus;
