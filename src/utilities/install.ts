import { cliGetForeign, cliGetValue } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { filePlace, readBlocks, readHeader, type FilePlace } from '../executive/image/image-file.js';
import { globalSectionName, isSharedSection } from '../executive/image/map-section.js';
import { NAM } from '../executive/starlet/namdef.js';
import { SEC$K_MATALL, SEC$M_GBL, SEC$M_PERM, SEC$M_SYSGBL, SEC$M_WRT } from '../executive/starlet/secdef.js';
import { SS$_BUFFEROVF } from '../executive/starlet/ssdef.js';
import { KFE } from '../executive/structures/kfe.js';
import { ArrayMemory, bytesToText } from '../executive/structures/memory.js';
import { IHD$K_LIM, IHD$V_MATCHCTL, ISD$M_WRT, type ImageHeader } from '../macro/image-format.js';
import { commandDialogue } from './line-input.js';
import { fileBlocks, isFailure, programRegion, reason } from './files.js';
import { INSBLK, INSTALL_ROUTINES } from './install-kernel.js';
import { installSyntax, parseInstall, type InstallCommand } from './install-parse.js';
import { messageCode, report } from './messages.js';
import { Output } from './output.js';

/**
 * INSTALL.EXE: known images. An image that is installed may have privileges of its own, be shared in memory, stay open, or bring system services.
 * @source book 21.1.1.3; digest ch21 1.4; VAX/VMS Install Utility Reference Manual
 */
const PAGE = 512;

interface Session {
  readonly p: Procedure;
  readonly output: Output;
  /** Addresses of INS$CREATE, INS$DELETE, INS$LIST, INS$PURGEABLE, INS$LOCK, INS$UNLOCK. */
  readonly routines: readonly number[];
}

const [CREATE, DELETE, LIST, PURGEABLE, LOCK, UNLOCK] = [0, 1, 2, 3, 4, 5] as const;

function* inMode(session: Session, name: '$CMKRNL' | '$CMEXEC', routine: number, ...args: number[]): Flow<number> {
  const { p } = session;
  const list = p.allocate(4 * args.length + 4);
  [args.length, ...args].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
  return yield* service(p, name, { routin: session.routines[routine]!, arglst: list });
}

/** Does `body` while no image can be activated. */
function* underLock(session: Session, body: () => Flow<number>): Flow<number> {
  const { p } = session;
  return yield* p.scratch(function* () {
    const lksb = p.allocate(8);
    const locked = yield* inMode(session, '$CMEXEC', LOCK, lksb);
    if (!(locked & 1)) return yield* report(p, { code: locked });
    const status = yield* body();
    yield* inMode(session, '$CMEXEC', UNLOCK, p.memory.readLong(lksb + 4));
    return status;
  });
}

interface ImageFile {
  readonly place: FilePlace;
  /** Device and directory as text. */
  readonly directory: string;
  readonly nam: ReturnType<typeof NAM.at>;
  readonly channel: number;
}

/** Parses the name and, if wanted, opens the file for its channel. */
function* findImage(p: Procedure, spec: string, open: 'read' | 'write' | 'no'): Flow<ImageFile | { readonly status: number; readonly stv: number; readonly spec: string }> {
  const { fab, nam } = fileBlocks(p, spec, { defaults: 'SYS$SYSTEM:.EXE' });
  const parsed = yield* service(p, '$PARSE', { fab: fab.address });
  if (!(parsed & 1)) return { status: parsed, stv: fab.FAB$L_STV, spec };
  let channel = 0;
  if (open !== 'no') {
    fab.FAB$V_UFO = 1;
    fab.FAB$V_GET = 1;
    fab.FAB$V_SHRGET = 1;
    fab.FAB$V_UPI = 1;
    fab.FAB$V_PUT = open === 'write' ? 1 : 0;
    fab.FAB$V_SHRPUT = open === 'write' ? 1 : 0;
    const status = yield* service(p, '$OPEN', { fab: fab.address });
    if (!(status & 1)) return { status, stv: fab.FAB$L_STV, spec };
    channel = fab.FAB$L_STV & 0xffff;
  }
  const text = (address: number, length: number): string => bytesToText(p.memory.readBytes(address, length));
  return { place: filePlace(p, nam), directory: text(nam.NAM$L_DEV, nam.NAM$B_DEV) + text(nam.NAM$L_DIR, nam.NAM$B_DIR), nam, channel };
}

/** The parameter block of the kernel mode routines for a file. */
function blockFor(p: Procedure, { place, directory, nam }: ImageFile): ReturnType<typeof INSBLK.at> {
  const block = INSBLK.at(p.memory, p.allocate(INSBLK.size));
  const counted = (value: string): number => p.bytes(Uint8Array.of(value.length, ...[...value].map((character) => character.charCodeAt(0))));
  block.INS$L_NAME = counted(place.name);
  block.INS$L_DIRECTORY = counted(directory);
  block.INS$L_DEVICE = counted(place.device);
  block.INS$L_DID = p.bytes(place.directory);
  block.INS$L_FID = nam.address + NAM.offset.NAM$T_FID;
  return block;
}

/** A known file entry with these flags, outside memory, to ask which sections are shared. */
function entryWith(flags: number): ReturnType<typeof KFE.at> {
  const kfe = KFE.at(new ArrayMemory(new Uint8Array(KFE.size)), 0);
  kfe.KFE$W_FLAGS = flags;
  return kfe;
}

/** Makes the global sections of an image. @returns how many, or the status that stopped it */
function* createSections(p: Procedure, header: ImageHeader, flags: number, channel: number): Flow<{ readonly count: number } | number> {
  let count = 0;
  for (const [index, section] of header.sections.entries()) {
    if (!isSharedSection(section, entryWith(flags))) continue;
    const status = yield* p.scratch(function* () {
      const ident = p.allocate(8);
      p.memory.writeLong(ident, SEC$K_MATALL);
      p.memory.writeLong(ident + 4, header.ident);
      const writable = (section.flags & ISD$M_WRT) !== 0;
      return yield* service(p, '$CRMPSC', {
        flags: SEC$M_GBL | SEC$M_PERM | SEC$M_SYSGBL | (writable ? SEC$M_WRT : 0), gsdnam: p.string(globalSectionName(header.imageName, index + 1)), ident,
        chan: channel, pagcnt: section.pages, vbn: section.vbn, pfc: section.cluster,
      });
    });
    if (!(status & 1)) return status;
    count += 1;
  }
  return { count };
}

/** Takes the global sections of an image away; those that are in use go with their last user. */
function* deleteSections(p: Procedure, header: ImageHeader, flags: number): Flow<void> {
  for (const [index, section] of header.sections.entries()) {
    if (!isSharedSection(section, entryWith(flags))) continue;
    yield* p.scratch(() => service(p, '$DGBLSC', { flags: SEC$M_SYSGBL, gsdnam: p.string(globalSectionName(header.imageName, index + 1)) }));
  }
}

function* fail(session: Session, verb: string, spec: string, ...because: readonly { readonly code: number }[]): Flow<number> {
  return yield* report(session.p, { code: messageCode('INSTALL$_FAIL'), args: [verb, spec] }, ...because);
}

function* createEntry(session: Session, spec: string, { flags, privileges }: { readonly flags: number; readonly privileges: bigint }): Flow<number> {
  const { p } = session;
  return yield* p.scratch(function* () {
    const file = yield* findImage(p, spec, (flags & KFE.mask.KFE$V_WRITEABLE) !== 0 ? 'write' : 'read');
    if ('status' in file) return yield* fail(session, 'CREATE', spec, reason(file));
    const name = `${file.directory}${file.place.name}`;
    const header = yield* readHeader(p, file.channel);
    if ('error' in header) return yield* fail(session, 'CREATE', name, { code: header.error });
    const block = blockFor(p, file);
    const isShareable = header.imageType === IHD$K_LIM;
    block.INS$L_FLAGS = flags | (isShareable ? KFE.mask.KFE$V_LIM : 0);
    block.INS$L_CHANNEL = file.channel;
    block.INS$Q_PRIVILEGES = privileges;
    block.INS$L_MATCHCTL = (header.linkFlags >>> IHD$V_MATCHCTL) & 7;
    block.INS$L_IDENT = header.ident;
    if ((flags & KFE.mask.KFE$V_HDRRES) !== 0) {
      const length = header.headerBlocks * PAGE;
      block.INS$L_HEADER = p.allocate(length);
      block.INS$L_HDRSIZE = length;
      for (let at = 0; at < header.headerBlocks; at += 1) yield* readBlocks(p, file.channel, block.INS$L_HEADER + at * PAGE, PAGE, at + 1);
    }
    const sections = (flags & KFE.mask.KFE$V_SHARED) !== 0 ? yield* createSections(p, header, flags, file.channel) : { count: 0 };
    if (typeof sections === 'number') {
      yield* deleteSections(p, header, flags);
      return yield* fail(session, 'CREATE', name, { code: sections });
    }
    block.INS$L_SECTIONS = sections.count;
    const status = yield* inMode(session, '$CMKRNL', CREATE, block.address);
    yield* service(p, '$DASSGN', { chan: file.channel });
    if (status & 1) return status;
    yield* deleteSections(p, header, flags);
    return yield* fail(session, 'CREATE', name, { code: messageCode('INSTALL$_EXISTS') });
  });
}

/** @returns the entry's flags and privileges; undefined when there was none, which has been said */
function* deleteEntry(session: Session, verb: string, spec: string): Flow<{ readonly flags: number; readonly privileges: bigint } | number> {
  const { p } = session;
  const file = yield* findImage(p, spec, 'no');
  if ('status' in file) return yield* fail(session, verb, spec, reason(file));
  const block = blockFor(p, file);
  const status = yield* inMode(session, '$CMKRNL', DELETE, block.address);
  if (!(status & 1)) return yield* fail(session, verb, `${file.directory}${file.place.name}`, { code: messageCode('INSTALL$_NOKFEFND') });
  const { INS$L_FLAGS: flags, INS$Q_PRIVILEGES: privileges } = block;
  if ((flags & KFE.mask.KFE$V_SHARED) !== 0) {
    const opened = yield* findImage(p, spec, 'read');
    if (!('status' in opened)) {
      const header = yield* readHeader(p, opened.channel);
      if (!('error' in header)) yield* deleteSections(p, header, flags);
      yield* service(p, '$DASSGN', { chan: opened.channel });
    }
  }
  yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('MMG$DELGBLWCB'), arglst: 0 });
  return { flags, privileges };
}

/** Lines that a kernel mode routine makes. */
function* linesOf(session: Session, routine: number, ...args: number[]): Flow<string[] | number> {
  const { p } = session;
  for (let size = 16384; ; size *= 4) {
    const buffer = yield* programRegion(p, size);
    const status = yield* inMode(session, '$CMKRNL', routine, buffer, size, ...args);
    if (status === SS$_BUFFEROVF) continue;
    if (!(status & 1)) return yield* report(p, { code: status });
    const lines: string[] = [];
    for (let at = buffer; p.memory.readWord(at) !== 0xffff; at += 2 + p.memory.readWord(at)) lines.push(bytesToText(p.memory.readBytes(at + 2, p.memory.readWord(at))));
    return lines;
  }
}

function* listEntries(session: Session, command: InstallCommand): Flow<number> {
  const { p } = session;
  const only = p.string(command.file.toUpperCase().replace(/^.*[\]>:]/, '').replace(/[.;].*$/, ''));
  const kind = command.list === 'global' ? 3 : command.list === 'full' ? 2 : 1;
  const lines = yield* linesOf(session, LIST, kind, p.memory.readWord(only), p.memory.readLong(only + 4));
  if (typeof lines === 'number') return lines;
  for (const line of lines) yield* session.output.line(line);
  return 1;
}

function* purge(session: Session): Flow<number> {
  const specs = yield* linesOf(session, PURGEABLE);
  if (typeof specs === 'number') return specs;
  let status = 1;
  for (const spec of specs) {
    const gone = yield* deleteEntry(session, 'PURGE', spec);
    if (typeof gone === 'number') status = gone;
  }
  return status;
}

/** REPLACE: the entry is made anew for the latest version of the file, with what it had unless told otherwise. */
function* replace(session: Session, command: InstallCommand): Flow<number> {
  const before = yield* deleteEntry(session, 'REPLACE', command.file);
  if (typeof before === 'number') return before;
  const kept = before.flags & ~KFE.mask.KFE$V_LIM & ~command.cleared;
  return yield* createEntry(session, command.file, { flags: kept | command.flags, privileges: command.privileges ?? before.privileges });
}

function* execute(session: Session, text: string): Flow<number | 'exit'> {
  const command = parseInstall(text);
  if ('problem' in command) return yield* report(session.p, { code: messageCode(command.problem), args: [command.what] });
  const { p } = session;
  return yield* p.scratch(function* (): Flow<number | 'exit'> {
    switch (command.verb) {
      case 'nothing': return 1;
      case 'exit': return 'exit';
      case 'help':
        for (const line of installSyntax) yield* session.output.line(line);
        return 1;
      case 'list': return yield* listEntries(session, command);
      case 'create': return yield* underLock(session, () => createEntry(session, command.file, { flags: command.flags, privileges: command.privileges ?? 0n }));
      case 'replace': return yield* underLock(session, () => replace(session, command));
      case 'purge': return yield* underLock(session, () => purge(session));
      case 'delete': return yield* underLock(session, function* () {
        const gone = yield* deleteEntry(session, 'DELETE', command.file);
        return typeof gone === 'number' ? gone : 1;
      });
    }
  });
}

const main = procedure('INSTALL$MAIN', function* (p) {
  const output = yield* Output.open(p);
  if (isFailure(output)) return output.status;
  const session: Session = { p, output, routines: INSTALL_ROUTINES.map((_routine, index) => p.argument(index + 1)) };
  const once = ((yield* cliGetForeign(p)) ?? (yield* cliGetValue(p, 'COMMAND')) ?? '').replace(/^\s*\/COMMAND(?:_MODE)?\b/i, '');
  const status = yield* commandDialogue(p, once, 'INSTALL> ', (line) => execute(session, line));
  yield* output.close();
  return status;
});

/** The image's entry hands over where its inner mode parts are. */
const SOURCE = `
INSTALL$START::
	.WORD	0
${[...INSTALL_ROUTINES].reverse().map(({ name }) => `\tPUSHAB\t${name}`).join('\n')}
	CALLS	#${INSTALL_ROUTINES.length},INSTALL$MAIN
	RET
`;

export const INSTALL_IMAGE: ResidentImage = { name: 'INSTALL', source: SOURCE, transfer: 'INSTALL$START', routines: [main, ...INSTALL_ROUTINES] };
