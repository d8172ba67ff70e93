import type { MacroLibrary } from './library.js';
import { DRIVER_MACROS } from './driver-macros.js';
import { blockMacro } from './rms-blocks.js';

/**
 * The macros of STARLET.MLB, made from the table of system services: `$NAME_S` pushes its arguments and calls the
 * service, `$NAME_G` calls it with an argument list, and `$NAME` is such a list. The `$xxxDEF` macros are empty: the
 * symbols they would define are known to the assembler from its options.
 *
 * How an argument is pushed depends on what the service takes. A value goes with PUSHL, or MOVZWL when it is a word;
 * for an address, `BUFFER`, `4(R2)` and the like push the address they name, a register pushes its contents, and `#n`
 * pushes n. @source VAX/VMS System Services manual, "Calling system services from VAX MACRO"
 */

/** Passed by value, as longwords. All others are addresses. */
const VALUES = new Set([
  'ACCESS_CHAR', 'ACCESS_SPEC', 'ACMODE', 'ACTPRM', 'ADJUST', 'ASTPRM', 'ATTRIB', 'BASPRI', 'BUFQUO', 'CARCON', 'CLR_ATTRIB', 'CODE', 'COUNT', 'CVTFLG',
  'DSBMSK', 'EFN', 'ENBFLG', 'FLAGS', 'ID', 'IMGCTL', 'LKID', 'LKMODE', 'MASK', 'MAXMSG', 'MSGID', 'NEW_VALUE', 'NULLARG', 'P2', 'P3', 'P4', 'P5', 'P6', 'PAGCNT',
  'PARID', 'PERM', 'PFC', 'PFMFLG', 'PRI', 'PRMFLG', 'PROMSK', 'PROT', 'REGION', 'RELPAG', 'REQID', 'REQIDT', 'SET_ATTRIB', 'SNDTYP', 'STATUS', 'STD_VERSION',
  'STSFLG', 'SWPFLG', 'TBLFLG', 'TIMOUT', 'TYPE', 'TYPRND', 'UIC', 'UNIT', 'UPDFLG', 'VBN', 'VECTOR', 'WATFLG',
]);

/** Values that are words in memory. */
const WORD_VALUES = new Set(['CHAN', 'FUNC', 'MBXUNT']);

/** Services that take the address of something which the others take by value: for output, or because it may be left out. */
const BY_REFERENCE: Readonly<Record<string, readonly string[]>> = {
  $ASSIGN: ['CHAN'], $CREMBX: ['CHAN'],
  $CRELNM: ['ACMODE'], $CRELNT: ['ACMODE', 'PROMSK'], $DELLNM: ['ACMODE'], $TRNLNM: ['ACMODE'], $TRNLOG: ['ACMODE'], $CHANGE_ACL: ['ACMODE'],
  $ASCTOID: ['ID', 'ATTRIB'], $FIND_HELD: ['ID', 'ATTRIB'], $FIND_HOLDER: ['ATTRIB'], $IDTOASC: ['ATTRIB'], $GRANTID: ['ID'], $REVOKID: ['ID'],
};

/** What an address argument points to, for PUSHAx; longwords where nothing is said. */
const CONTEXTS: Readonly<Record<string, string>> = Object.fromEntries(Object.entries({
  B: ['ACMODE', 'P1', 'PRVPRT', 'TABLE'],
  W: ['CHAN', 'MSGLEN', 'NAMLEN', 'NEWPROT', 'OLDLEN', 'OLDPROT', 'OUTLEN', 'PHYLEN', 'PRILEN', 'PROMSK', 'RESLEN', 'RSLLEN', 'SCDLEN', 'TIMLEN'],
  Q: [
    'ACLENT', 'ACLSTR', 'ACCNAM', 'BUFADR', 'CTRSTR', 'DAYTIM', 'DEVNAM', 'DFLNAM', 'EQLNAM', 'ERROR', 'FACNAM', 'GSDNAM', 'HOLDER', 'IDENT', 'IMAGE', 'INADR', 'INPUT',
    'IOSB', 'LKSB', 'LOGNAM', 'MBXNAM', 'MSGBUF', 'NAMBUF', 'NAME', 'NEWDIR', 'NEW_NAME', 'NODENAME', 'OBJNAM', 'OLDDIR', 'OUTBUF', 'OUTPUT', 'PARTAB', 'PHYBUF',
    'PRCNAM', 'PRIBUF', 'PRVADR', 'PRVPRV', 'REPTIM', 'RESNAM', 'RETADR', 'RSLBUF', 'SCDBUF', 'SENDTO', 'SRCSTR', 'TABNAM', 'TIMADR', 'TIMBUF', 'TRMDSC', 'USRNAM',
  ],
}).flatMap(([context, names]) => names.map((name) => [name, context])));

/** What an argument left out stands for, when that is not zero. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  $EXIT: { CODE: '1' }, $CREPRC: { BASPRI: '2' }, $GETMSG: { FLAGS: '15' }, $BRKTHRU: { CARCON: '32' },
};

const PUSHADR = `.MACRO $PUSHADR ADR,CONTEXT=L
 .IF B <ADR>
 PUSHL #0
 .MEXIT
 .ENDC
 .IF IDN <ADR>,<0>
 PUSHL #0
 .MEXIT
 .ENDC
 .NTYPE $$MODE,ADR
 .IF EQ <$$MODE&^XF0>-^X50
 PUSHL ADR
 .MEXIT
 .ENDC
 .IF LT <$$MODE&^XF0>-^X40
 PUSHL ADR
 .MEXIT
 .ENDC
 .IF EQ $$MODE-^X8F
 PUSHL ADR
 .MEXIT
 .ENDC
 PUSHA'CONTEXT ADR
.ENDM $PUSHADR`;

/** $DEFINI, $DEF, $DEFEND: offsets of a structure as absolute symbols. $EQULST: a list of consecutive values. */
const DEFINITION_MACROS: Readonly<Record<string, string>> = {
  $PUSHADR: PUSHADR,
  $DEFINI: '.MACRO $DEFINI STRUC,GBL,DOT=0\n .SAVE_PSECT LOCAL_BLOCK\n .PSECT $ABS$,ABS\n.=DOT\n.ENDM $DEFINI',
  $DEF: ".MACRO $DEF SYM,ALLOC,SIZ\n .IIF NB <SYM>, SYM:\n .IIF NB <ALLOC>, ALLOC SIZ\n.ENDM $DEF",
  $DEFEND: '.MACRO $DEFEND STRUC,GBL,SUF\n .RESTORE_PSECT\n.ENDM $DEFEND',
  $EQU: '.MACRO $EQU SYM,VAL\nSYM=VAL\n.ENDM $EQU',
  $EQULST: `.MACRO $EQULST PREFIX,GBL,INIT=0,INCR=1,LIST
$$VALUE=INIT
 .IRP ITEM,<LIST>
 $EQUONE PREFIX,INCR,ITEM
 .ENDR
.ENDM $EQULST`,
  $EQUONE: `.MACRO $EQUONE PREFIX,INCR,NAME,VALUE
 .IF NB <VALUE>
PREFIX'NAME=VALUE
 .IFF
PREFIX'NAME=$$VALUE
$$VALUE=$$VALUE+INCR
 .ENDC
.ENDM $EQUONE`,
};

export type ServiceArguments = Readonly<Record<string, readonly string[]>>;

/** @param services service name with its `$` -> names of its arguments in order */
export function starletMacroLibrary(services: ServiceArguments): MacroLibrary {
  return { macro: (name) => DEFINITION_MACROS[name] ?? DRIVER_MACROS[name] ?? blockMacro(name) ?? serviceMacro(services, name) ?? symbolMacro(name) };
}

/** `$SSDEF`, `$IODEF` ...: accepted, and nothing to do. */
function symbolMacro(name: string): string | undefined {
  return /^\$[A-Z0-9_]+DEF$/.test(name) ? `.MACRO ${name} GBL\n.ENDM ${name}` : undefined;
}

function serviceMacro(services: ServiceArguments, name: string): string | undefined {
  const suffix = Object.hasOwn(services, name) ? '' : /(?:_[SG]|DEF)$/.exec(name)?.[0] ?? '';        // $READEF is a service
  const service = name.slice(0, name.length - suffix.length);
  if (!Object.hasOwn(services, service)) return undefined;
  const names = services[service]!.map((argument) => argument.toUpperCase());
  const entry = `SYS$${service.slice(1)}`;
  if (suffix === '' && names[1] === 'ERR') return recordMacro(name, names, entry);
  switch (suffix) {
    case '_S': return service === '$FAO' ? faoMacro(name, entry) : stackMacro(name, service, names, entry);
    case '_G': return `.MACRO ${name} LST\n CALLG LST,G^${entry}\n.ENDM ${name}`;
    case 'DEF': return lines(`.MACRO ${name}`, `${service}DEF=1`, ...offsetLines(service, names), `.ENDM ${name}`);
    default: return listMacro(name, service, names);
  }
}

function lines(...texts: string[]): string {
  return texts.join('\n');
}

function defaultOf(service: string, argument: string): string {
  return DEFAULTS[service]?.[argument] ?? '0';
}

/** `$NAME_S`: last argument first. */
function stackMacro(name: string, service: string, names: readonly string[], entry: string): string {
  return lines(
    `.MACRO ${name} ${names.join(',')}`,
    ...names.toReversed().flatMap((argument) => pushLines(service, argument)),
    ` CALLS #${names.length},G^${entry}`,
    `.ENDM ${name}`,
  );
}

function pushLines(service: string, argument: string): string[] {
  const isReference = BY_REFERENCE[service]?.includes(argument) === true;
  const isWord = WORD_VALUES.has(argument) && !isReference;
  const isValue = VALUES.has(argument) && !isReference;
  if (!isWord && !isValue) return [` $PUSHADR <${argument}>,${CONTEXTS[argument] ?? 'L'}`];
  return [
    ` .IF B <${argument}>`, ` PUSHL #${defaultOf(service, argument)}`, ' .IFF', isWord ? ` MOVZWL ${argument},-(SP)` : ` PUSHL ${argument}`, ' .ENDC',
  ];
}

const FAO_PARAMETERS = Array.from({ length: 17 }, (_, n) => `P${n + 1}`);

/** $FAO pushes only the parameters that are given. */
function faoMacro(name: string, entry: string): string {
  return lines(
    `.MACRO ${name} CTRSTR,OUTLEN,OUTBUF,${FAO_PARAMETERS.join(',')}`,
    '$$COUNT=3',
    ...FAO_PARAMETERS.toReversed().flatMap((p) => [` .IF NB <${p}>`, ` PUSHL ${p}`, '$$COUNT=$$COUNT+1', ' .ENDC']),
    ' $PUSHADR <OUTBUF>,Q', ' $PUSHADR <OUTLEN>,W', ' $PUSHADR <CTRSTR>,Q',
    ` CALLS #$$COUNT,G^${entry}`,
    `.ENDM ${name}`,
  );
}

/** `$NAME`: count and arguments as data, and the symbols NAME$_ARGUMENT for their offsets. */
function listMacro(name: string, service: string, names: readonly string[]): string {
  return lines(
    `.MACRO ${name} ${names.map((argument) => `${argument}=${defaultOf(service, argument)}`).join(',')}`,
    ` .LONG ${names.length}`,
    ...names.map((argument) => ` .ADDRESS ${argument}`),
    ` .IF NDF ${service}DEF`, `${service}DEF=1`, ...offsetLines(service, names), ' .ENDC',
    `.ENDM ${name}`,
  );
}

function offsetLines(service: string, names: readonly string[]): string[] {
  return [`${service.slice(1)}$_NARGS=${names.length}`, ...names.map((argument, n) => `${service.slice(1)}$_${argument}=${4 * (n + 1)}`)];
}

/** RMS: `$OPEN FAB=...` calls at once; error and success routines (and $RENAME's second FAB) only when one is given. */
function recordMacro(name: string, names: readonly string[], entry: string): string {
  const block = names[0]!;
  const optional = names.slice(1);
  return lines(
    `.MACRO ${name} ${names.join(',')}`,
    ...optional.map((argument) => ` .IF B <${argument}>`),
    ` $PUSHADR <${block}>,L`, ` CALLS #1,G^${entry}`, ' .MEXIT',
    ...optional.map(() => ' .ENDC'),
    ...names.toReversed().map((argument) => ` $PUSHADR <${argument}>,L`),
    ` CALLS #${names.length},G^${entry}`,
    `.ENDM ${name}`,
  );
}
