import { IN_EXECUTIVE_MODE, inlineRoutine, upTo, type Microroutine } from '../gate/microroutine.js';
import { SERVICES, type Service } from '../starlet/service-table.js';
import { CLI_DATA_BASE } from '../structures/p1-cells.js';
import text from './cmodssdsp.mar';

/**
 * MACRO text of the change mode dispatchers (module CMODSSDSP): the code is cmodssdsp.mar, the tables come from the service table.
 * @source book 9.3; digest ch09 1.3, 2.2-2.9
 */

/** Filter groups of $SETSSF: 0 forbids everything but $EXIT, 1 lets condition handling and rundown services pass as well. */
const GROUP_0 = 1;
const GROUP_1 = 2;
const ALWAYS_ALLOWED = new Set(['$EXIT', '$CLRAST']);
const ALLOWED_IN_GROUP_1 = new Set([
  '$EXIT', '$CLRAST', '$SETEXV', '$DCLCMH', '$RUNDWN', '$CANEXH', '$DCLEXH', '$ADJSTK', '$SETSFM', '$SETAST', '$UNWIND', '$RMSRUNDWN', '$SSVEXC',
]);

/** CHMK #0 ends an AST; it is served before the case table. */
const AST_EXIT_CODE = 0;

function filterMask(name: string): number {
  return (ALWAYS_ALLOWED.has(name) ? 0 : GROUP_0) | (ALLOWED_IN_GROUP_1.has(name) ? 0 : GROUP_1);
}

/** Services of one change mode, by code. A code nobody has is undefined. */
function byCode(kinds: readonly Service['kind'][]): (Service | undefined)[] {
  const table: (Service | undefined)[] = [];
  for (const service of SERVICES) {
    if (kinds.includes(service.kind)) table[service.code] = service;
  }
  return Array.from(table);
}

/** 256 bytes indexed by the low byte of a code. */
function byteTable(label: string, services: readonly (Service | undefined)[], value: (service: Service) => number): string[] {
  const lines = [`${label}::`];
  for (let code = 0; code < 256; code += 1) {
    const service = services[code];
    lines.push(`	.BYTE	${service === undefined ? 0 : value(service)}${service === undefined ? '' : `	; ${service.name}`}`);
  }
  return lines;
}

/**
 * A case table: offsets to JMP instructions close by, which reach services at any distance (as VMS does for those too far away).
 * @param first  code of the first entry
 */
function caseTable(prefix: string, services: readonly (Service | undefined)[], first: number): { table: string; jumps: string[] } {
  const base = `${prefix}_TABLE`;
  const lines = [`${base}::`];
  const jumps: string[] = [];
  for (let code = first; code < services.length; code += 1) {
    lines.push(`	.WORD	${prefix}_${code}-${base}`);
    const service = services[code];
    jumps.push(`${prefix}_${code}:	JMP	@#${service === undefined ? 'EXE$NOT_WRITTEN' : `EXE${service.name}`}+2`);
  }
  return { table: lines.join('\n'), jumps };
}

/**
 * @param implemented  names ('$QIO') of the services that have an entry point EXE$name; the others answer SS$_ILLSER
 */
export function dispatchSource(implemented: ReadonlySet<string>): string {
  const present = (service: Service | undefined): Service | undefined => (service !== undefined && implemented.has(service.name) ? service : undefined);
  const kernel = byCode(['kernel']);
  const executive = byCode(['executive']);
  const changeToExecutive = byCode(['executive', 'rms', 'rmsPlain']);
  const kernelCases = caseTable('KERNEL', kernel.map(present), 1);
  const executiveCases = caseTable('EXEC', executive.map(present), 0);
  const constants = [
    `KCASMAX = ${kernel.length - 1}`, `KCASCTR = ${kernel.length}`,
    `ECASMAX = ${executive.length - 1}`, `CLI_CALLBACK = ^X${CLI_DATA_BASE.toString(16)}`, `RCASCTR = ${changeToExecutive.length}`,
  ];
  const code = text.replace(/^KERNEL_CASES$/m, kernelCases.table).replace(/^EXEC_CASES$/m, executiveCases.table);
  return [
    ...constants, code, ...kernelCases.jumps, ...executiveCases.jumps,
    ...byteTable('SYS$GB_KRNLARG', kernel, (service) => service.required),
    ...byteTable('B_EXECNARG', changeToExecutive, (service) => service.required),
    ...byteTable('SYS$GB_KMASK', kernel, (service) => filterMask(service.name)),
    ...byteTable('B_EMASK', changeToExecutive, (service) => filterMask(service.name)),
    '',
  ].join('\n');
}

/**
 * MACRO text of RMS$DISPATCH, first code of RMS.EXE, for the RMS room to put at its base: CASEW over the RMS codes to RMS$name+2, RSB when
 * the code is not one of RMS's. RMS$SSVEXC (returns its argument as the status) comes with it.
 *
 * @param implemented  names ('$OPEN') that have an entry point RMS$OPEN; the others answer SS$_ILLSER
 * @source book 9.3.4, Figure 9-3
 */
export function rmsDispatchSource(implemented: ReadonlySet<string>): string {
  const rms = byCode(['rms', 'rmsPlain']);
  const first = SERVICES.filter((service) => service.kind === 'rms' || service.kind === 'rmsPlain')
    .reduce((lowest, service) => Math.min(lowest, service.code), 0xffff);
  const offsets: string[] = [];
  const jumps: string[] = [];
  for (let code = first; code < rms.length; code += 1) {
    const name = rms[code]?.name;
    const target = name === '$SSVEXC' ? 'RMS$SSVEXC' : name !== undefined && implemented.has(name) ? `RMS${name}` : 'RMS$NOT_WRITTEN';
    offsets.push(`	.WORD	RMS_${code}-RMS_TABLE`);
    jumps.push(`RMS_${code}:	JMP	@#${target}+2`);
  }
  return `
RMS$DISPATCH::
	CASEW	R0,#${first},#${rms.length - 1 - first}
RMS_TABLE:
${offsets.join('\n')}
	RSB
${jumps.join('\n')}
RMS$SSVEXC::
	.WORD	0
	MOVL	4(AP),R0
	RET
RMS$NOT_WRITTEN::
	.WORD	0
	MOVZWL	#SS$_ILLSER,R0
	RET
`;
}

/**
 * The services that have an entry point, from the names of registered routines and the global labels of MACRO sources.
 */
export function implementedServices(routineNames: Iterable<string>, sources: Iterable<string>): Set<string> {
  const entryPoints = new Set<string>([...routineNames, ...globalLabels(text)]);
  for (const source of sources) {
    for (const label of globalLabels(source)) entryPoints.add(label);
  }
  return new Set(SERVICES.map((service) => service.name).filter((name) => entryPoints.has(`EXE${name}`)));
}

function globalLabels(source: string): string[] {
  return [...source.matchAll(/^(EXE\$\w+)::/gm)].map((match) => match[1]!);
}

/** Services of the table that answer SS$_ILLSER, for documentation. RMS services and those made of others (QIOW) are not counted. */
export function missingServices(implemented: ReadonlySet<string>): string[] {
  return SERVICES
    .filter(({ kind }) => kind === 'kernel' || kind === 'executive' || kind === 'caller')
    .filter(({ kind, code, name }) => !(kind === 'kernel' && code === AST_EXIT_CODE) && !implemented.has(name))
    .map(({ name }) => name).sort();
}

/** What the dispatchers need of microcode: the count of changes to executive mode, whose cell lies in a page for kernel mode to write. @source book C.1.14 */
export const CHANGE_MODE_ROUTINES: readonly Microroutine[] = [
  upTo(IN_EXECUTIVE_MODE, inlineRoutine('EXE$COUNT_CHME', (k) => { k.sys.PMS$GL_CHME = (k.sys.PMS$GL_CHME + 1) >>> 0; })),
];
