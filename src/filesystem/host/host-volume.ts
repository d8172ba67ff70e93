import {
  SS$_BADFILENAME, SS$_BADFILEVER, SS$_BADIRECTORY, SS$_BADPARAM, SS$_DIRNOTEMPTY, SS$_DUPFILENAME, SS$_ENDOFFILE, SS$_ILLIOFUNC, SS$_NOPRIV, SS$_NORMAL, SS$_NOSUCHFILE,
} from '../../executive/starlet/ssdef.js';
import { ArrayMemory } from '../../executive/structures/memory.js';
import {
  FAT, FAT$C_FIXED, FAT$C_STREAMLF, FAT$M_IMPLIEDCC, FCH$M_DIRECTORY, endOfFileBlock, highestBlock, setEndOfFileBlock, setHighestBlock,
} from '../atr.js';
import type { BlockFlow } from '../block-io.js';
import type { DirectoryEntry, SearchResult } from '../directory.js';
import { fail } from '../file-failure.js';
import { sameFile, type FileId } from '../file-id.js';
import { compareNames, HIGHEST_VERSION, type NamePattern } from '../file-name.js';
import { identOf, newHeader, recordAttributesOf, type NewFile } from '../files.js';
import { DIRECTORY_ATTRIBUTES } from '../initialize.js';
import { nextMatch, type EnterOptions, type Entered } from '../lookup.js';
import { BLOCK, FID$C_MFD, headerOf } from '../on-disk.js';
import type { FileStructure } from '../xqp/structure.js';
import type { HostDirectory, HostEntry, HostPath } from './host-directory.js';
import { hostNameFor, mapNames, splitVersion } from './names.js';
import { isLineFormat, recordsToLines, SAMPLE, suggestedFormat } from './text.js';

/**
 * A host directory as a volume. File IDs are numbers given to host files as they are met; they last as long as the volume is mounted. The file
 * header is made up from what the host says. Text files are stream-LF, everything else fixed 512.
 *
 * A file that is written has the record attributes its writer asked for until it is closed; then records of text become lines, and the file is
 * cut to its end of file. Formats that the host cannot show (relative, indexed, fixed of another length) keep their attributes only while
 * the volume is mounted. choice: all of this; see host/names.ts for names and versions.
 */
interface Node {
  readonly id: FileId;
  readonly isDirectory: boolean;
  parent: Node | undefined;
  /** Name on the host; empty until the file has been entered in a directory. */
  host: string;
  readonly children: Map<string, Node>;
  /** Record attributes that differ from those the contents suggest. */
  recordAttributes: Uint8Array | undefined;
  /** Between creation or the first write and the close: the end of file is the writer's affair. */
  isBeingWritten: boolean;
  /** Blocks promised to the writer. */
  allocated: number;
  /** Taken out of its directory: no longer shown. */
  isRemoved: boolean;
  /** The entry it had before it was renamed. */
  former: { readonly directory: Node; readonly name: string; readonly version: number } | undefined;
  /** What the file was before it had a name. */
  created: NewFile | undefined;
  /** Record format that its contents suggest, at one state of the file. */
  kind: { readonly size: number; readonly modified: bigint; readonly format: number } | undefined;
}

const ROOT_ID: FileId = { number: FID$C_MFD, sequence: FID$C_MFD, rvn: 0 };
const FIRST_NUMBER = 17;
const SYSTEM_UIC = 0x0001_0004;
const DEFAULT_EXTEND = 10;
const DEFAULT_PROTECTION = 0xfa00;

export class HostVolume implements FileStructure {
  readonly defaultExtend = DEFAULT_EXTEND;
  readonly fileProtection = DEFAULT_PROTECTION;
  private readonly root: Node = makeNode(ROOT_ID, true);
  private readonly nodes = new Map<number, Node>([[FID$C_MFD, this.root]]);
  private nextNumber = FIRST_NUMBER;
  /** The directory that a search has listed last. */
  private listed: { readonly parent: Node; readonly entries: readonly (DirectoryEntry & { readonly node: Node; readonly host: string })[] } | undefined;

  constructor(readonly directory: HostDirectory) {}

  // Nodes -----------------------------------------------------------------------------------------------------------

  private node(id: FileId): Node {
    const node = this.nodes.get(id.number);
    return node && sameFile(node.id, id) ? node : fail(SS$_NOSUCHFILE);
  }

  private path(node: Node): HostPath {
    return node.parent ? [...this.path(node.parent), node.host] : node === this.root ? [] : fail(SS$_NOSUCHFILE);
  }

  private stat(node: Node): HostEntry {
    return this.directory.stat(this.path(node)) ?? fail(SS$_NOSUCHFILE);
  }

  private newNode(isDirectory: boolean): Node {
    const node = makeNode({ number: this.nextNumber, sequence: 1, rvn: 0 }, isDirectory);
    this.nextNumber += 1;
    this.nodes.set(node.id.number, node);
    return node;
  }

  private child(parent: Node, host: string, isDirectory: boolean): Node {
    const known = parent.children.get(host);
    if (known && known.isDirectory === isDirectory) return known;
    const node = this.newNode(isDirectory);
    node.parent = parent;
    node.host = host;
    parent.children.set(host, node);
    return node;
  }

  private directoryNode(id: FileId): Node {
    const node = this.node(id);
    return node.isDirectory ? node : fail(SS$_BADIRECTORY);
  }

  /** Everything in a directory that has not been taken out of it. */
  private contents(parent: Node): (DirectoryEntry & { node: Node; host: string })[] {
    const listed = this.directory.list(this.path(parent)) ?? fail(SS$_NOSUCHFILE);
    return mapNames(listed)
      .map(({ host, name, version, isDirectory }) => {
        const node = this.child(parent, host, isDirectory);
        return { name, version, id: node.id, node, host };
      })
      .filter(({ node }) => !node.isRemoved)
      .sort((a, b) => compareNames(a.name, b.name) || b.version - a.version);
  }

  // FileStructure ---------------------------------------------------------------------------------------------------

  *map(): BlockFlow<undefined> { return undefined; }

  *entries(directory: FileId): BlockFlow<DirectoryEntry[]> {
    return this.contents(this.directoryNode(directory)).map(({ name, version, id }) => ({ name, version, id }));
  }

  *versions(directory: FileId, name: string): BlockFlow<DirectoryEntry[]> {
    if (directory.number === FID$C_MFD && name === '000000.DIR') return [{ name, version: 1, id: ROOT_ID }];
    const parent = this.directoryNode(directory);
    // A renamed file is still found under its old name until that is removed, as a file with two entries would be.
    const renamed = [...this.nodes.values()].flatMap(({ id, former }) => (former?.directory === parent && former.name === name ? [{ name, version: former.version, id }] : []));
    return [...(yield* this.entries(directory)).filter((entry) => entry.name === name), ...renamed].sort((a, b) => b.version - a.version);
  }

  *header(id: FileId): BlockFlow<Uint8Array> {
    const node = this.node(id);
    if (node.created) return this.makeHeader(node, node.created, 0);
    const entry = this.stat(node);
    const own = this.nameOf(node);
    return this.makeHeader(node, {
      name: own ? `${own.name};${own.version}` : '', owner: SYSTEM_UIC, protection: protectionOf(entry.mode),
      characteristics: node.isDirectory ? FCH$M_DIRECTORY : 0, backLink: node.parent?.id ?? ROOT_ID, date: entry.modified,
    }, entry.size, entry);
  }

  /** Name and version of a file, from the list of the last search if it is there. */
  private nameOf(node: Node): { readonly name: string; readonly version: number } | undefined {
    if (!node.parent) return { name: '000000.DIR', version: 1 };
    const known = this.listed?.parent === node.parent ? this.listed.entries.find((entry) => entry.node === node && entry.host === node.host) : undefined;
    return known ?? this.contents(node.parent).find((entry) => entry.node === node);
  }

  private makeHeader(node: Node, file: NewFile, size: number, entry?: HostEntry): Uint8Array {
    const header = newHeader(node.id, file);
    headerOf(header).FH2$R_RECATTR = node.isDirectory ? DIRECTORY_ATTRIBUTES : node.recordAttributes ?? file.recordAttributes ?? this.suggested(node, entry);
    if (entry) identOf(header).FI2$Q_CREDATE = entry.created;
    const fat = recordAttributesOf(header);
    setHighestBlock(fat, node.isDirectory ? 1 : Math.max(node.allocated, Math.ceil(size / BLOCK)));
    if (node.isDirectory) setEndOfFileBlock(fat, 2);
    else if (!node.isBeingWritten) {
      setEndOfFileBlock(fat, Math.floor(size / BLOCK) + 1);
      fat.FAT$W_FFBYTE = size % BLOCK;
    } else if (endOfFileBlock(fat) === 0) setEndOfFileBlock(fat, 1);
    return header;
  }

  /** Record attributes that the contents suggest. */
  private suggested(node: Node, entry: HostEntry | undefined): Uint8Array {
    const bytes = new Uint8Array(FAT.size);
    const fat = FAT.at(new ArrayMemory(bytes), 0);
    fat.FAT$B_RTYPE = entry ? this.formatOf(node, entry) : FAT$C_STREAMLF;
    if (fat.FAT$B_RTYPE !== FAT$C_FIXED) fat.FAT$B_RATTRIB = FAT$M_IMPLIEDCC;
    else {
      fat.FAT$W_RSIZE = BLOCK;
      fat.FAT$W_MAXREC = BLOCK;
    }
    return bytes;
  }

  private formatOf(node: Node, { size, modified }: HostEntry): number {
    if (node.kind?.size !== size || node.kind.modified !== modified) {
      node.kind = { size, modified, format: suggestedFormat(this.directory.read(this.path(node), 0, SAMPLE) ?? new Uint8Array(0)) };
    }
    return node.kind.format;
  }

  /** Of a header only the record attributes can be kept. */
  *storeHeader(id: FileId, header: Uint8Array): BlockFlow<void> {
    const node = this.node(id);
    if (node.isDirectory) return;
    node.recordAttributes = headerOf(header).FH2$R_RECATTR;
    if (node.created) node.created = { ...node.created, characteristics: headerOf(header).FH2$L_FILECHAR, protection: headerOf(header).FH2$W_FILEPROT };
    if (!node.isBeingWritten && !node.created && !this.writeOpen(node)) yield* this.closed(id);
  }

  /** Whether blocks have been promised that the file does not have yet: somebody is writing. */
  private writeOpen(node: Node): boolean { return node.allocated > 0; }

  *create(file: NewFile, complete: (header: Uint8Array) => void): BlockFlow<FileId> {
    const node = this.newNode(false);
    node.created = file;
    node.isBeingWritten = true;
    const header = this.makeHeader(node, file, 0);
    try {
      complete(header);
    } catch (problem) {
      yield* this.delete(node.id);
      throw problem;
    }
    yield* this.storeHeader(node.id, header);
    return node.id;
  }

  *makeDirectory(id: FileId): BlockFlow<void> {
    const old = this.node(id);
    this.nodes.set(id.number, { ...makeNode(id, true), created: old.created });
  }

  /** A search lists the directory when it starts, and goes on in that list: it shows what was there then. */
  *search(directory: FileId, pattern: NamePattern, context: number, previous: string): BlockFlow<SearchResult> {
    const parent = this.directoryNode(directory);
    if (context === 0 || this.listed?.parent !== parent) this.listed = { parent, entries: this.contents(parent) };
    return nextMatch(this.listed.entries.filter(({ node }) => !node.isRemoved), pattern, context, previous);
  }

  *enter(directory: FileId, pattern: NamePattern, id: FileId, options: EnterOptions): BlockFlow<Entered> {
    if (pattern.hasWildcard || pattern.version === undefined) fail(SS$_BADFILENAME);
    const parent = this.directoryNode(directory);
    const node = this.node(id);
    const versions = this.contents(parent).filter((entry) => entry.name === pattern.name);
    const highest = versions[0]?.version ?? 0;
    let version = pattern.version!;
    if (version < 0) version = versions[-version]?.version ?? fail(SS$_BADFILEVER);
    const taken = versions.find((entry) => entry.version === version);
    let superseded: FileId | undefined;
    if (version === 0 || (taken && options.newVersion && !options.supersede)) version = highest + 1;
    else if (taken && !options.supersede) fail(SS$_DUPFILENAME);
    else if (taken) {
      superseded = taken.id;
      this.moveAside(parent, taken.node);
    }
    if (version > HIGHEST_VERSION) fail(SS$_BADFILEVER);
    if (node.isDirectory && version !== 1) fail(SS$_BADFILEVER);
    const plain = this.plainNameFor(versions, pattern.name, node.isDirectory);
    const isNewest = version > highest;
    const newest = versions.find((entry) => splitVersion(entry.node.host).version === 0 && entry.node !== taken?.node);
    if (isNewest && newest) this.rename(newest.node, parent, `${plain};${newest.version}`);
    // The plain name counts as one more than the highest numbered version, so other new versions carry their number.
    const takesPlain = isNewest && (version === 1 || version === highest + 1);
    this.place(node, parent, takesPlain ? plain : `${plain};${version}`);
    return {
      name: pattern.name, version, superseded, purged: [], hasLower: versions.some((entry) => entry.version < version), hasHigher: highest > version,
    };
  }

  /** The host name that the versions of a file have in common; for a new name, that name in lower case. */
  private plainNameFor(versions: readonly { node: Node }[], name: string, isDirectory: boolean): string {
    const existing = versions[0];
    return existing ? splitVersion(existing.node.host).plain : hostNameFor(name, isDirectory);
  }

  /** Gives a file its place on the host: a new one is made there, another one moved there. */
  private place(node: Node, parent: Node, host: string): void {
    if (node.created) {
      const path = [...this.path(parent), host];
      const done = node.isDirectory ? this.directory.makeDirectory(path) : this.directory.create(path);
      if (!done) fail(SS$_NOPRIV);
      node.created = undefined;
      node.parent = parent;
      node.host = host;
      parent.children.set(host, node);
      return;
    }
    const old = node.parent && this.contents(node.parent).find((entry) => entry.node === node);
    const from = node.parent;
    this.rename(node, parent, host);
    node.former = old && from ? { directory: from, name: old.name, version: old.version } : undefined;
  }

  private rename(node: Node, parent: Node, host: string): void {
    if (!this.directory.rename(this.path(node), [...this.path(parent), host])) fail(SS$_NOPRIV);
    node.parent?.children.delete(node.host);
    node.parent = parent;
    node.host = host;
    parent.children.set(host, node);
  }

  /** Frees the name of a file that is being superseded, until it is deleted. */
  private moveAside(parent: Node, node: Node): void {
    node.isRemoved = true;
    this.rename(node, parent, `.${splitVersion(node.host).plain}.superseded-${node.id.number}`);
  }

  /** The host keeps all versions. */
  *versionLimit(): BlockFlow<number> { return 0; }

  *setVersionLimit(): BlockFlow<void> { return fail(SS$_ILLIOFUNC); }

  *remove(directory: FileId, name: string, version: number): BlockFlow<void> {
    const parent = this.directoryNode(directory);
    const renamed = [...this.nodes.values()].find(({ former }) => former?.directory === parent && former.name === name && former.version === version);
    if (renamed) {
      renamed.former = undefined;
      return;
    }
    const entry = this.contents(parent).find((candidate) => candidate.name === name && candidate.version === version) ?? fail(SS$_NOSUCHFILE);
    entry.node.isRemoved = true;
  }

  *delete(id: FileId): BlockFlow<void> {
    const node = this.node(id);
    if (node === this.root) fail(SS$_BADPARAM);
    if (!node.created) {
      if (!this.directory.remove(this.path(node))) {
        node.isRemoved = false;
        fail(node.isDirectory ? SS$_DIRNOTEMPTY : SS$_NOPRIV);
      }
      node.parent?.children.delete(node.host);
    }
    this.nodes.delete(id.number);
  }

  *extend(id: FileId, blocks: number): BlockFlow<{ vbn: number; blocks: number }> {
    const node = this.node(id);
    const before = highestBlock(recordAttributesOf(yield* this.header(id)));
    node.allocated = before + blocks;
    return { vbn: before + 1, blocks };
  }

  *truncate(id: FileId, blocks: number): BlockFlow<number> {
    const node = this.node(id);
    const before = highestBlock(recordAttributesOf(yield* this.header(id)));
    if (blocks >= before) return 0;
    if (!node.created && this.stat(node).size > blocks * BLOCK && !this.directory.truncate(this.path(node), blocks * BLOCK)) fail(SS$_NOPRIV);
    node.allocated = blocks;
    return before - blocks;
  }

  /** A writer has closed the file: it gets the length of its end of file, and text becomes lines. */
  *closed(id: FileId): BlockFlow<void> {
    const node = this.node(id);
    node.allocated = 0;
    node.isBeingWritten = false;
    const attributes = node.recordAttributes;
    if (!attributes || node.isDirectory) return;
    const fat = FAT.at(new ArrayMemory(attributes), 0);
    const path = this.path(node);
    const length = Math.max(0, (endOfFileBlock(fat) - 1) * BLOCK + fat.FAT$W_FFBYTE);
    if (this.stat(node).size !== length && !this.directory.truncate(path, length)) fail(SS$_NOPRIV);
    if (fat.FAT$V_FILEORG !== 0) return;
    if (isLineFormat(fat.FAT$V_RTYPE, fat.FAT$B_RATTRIB)) {
      const contents = this.directory.read(path, 0, length) ?? fail(SS$_NOPRIV);
      const lines = recordsToLines(contents, fat.FAT$V_RTYPE, fat.FAT$B_VFCSIZE);
      if (!lines) return;
      if (!this.directory.write(path, 0, lines) || !this.directory.truncate(path, lines.length)) fail(SS$_NOPRIV);
      node.recordAttributes = undefined;
    } else if (fat.FAT$V_RTYPE === FAT$C_STREAMLF || (fat.FAT$V_RTYPE === FAT$C_FIXED && fat.FAT$W_RSIZE === BLOCK)) node.recordAttributes = undefined;
  }

  // Virtual blocks --------------------------------------------------------------------------------------------------

  /** Blocks of the file for a read; short at the end of the allocated space. */
  readBlocks(id: FileId, vbn: number, length: number): { status: number; bytes: Uint8Array } {
    const node = this.node(id);
    const size = this.stat(node).size;
    const end = Math.max(node.allocated, Math.ceil(size / BLOCK)) * BLOCK;
    const start = (vbn - 1) * BLOCK;
    if (start >= end) return { status: SS$_ENDOFFILE, bytes: new Uint8Array(0) };
    const bytes = new Uint8Array(Math.min(length, end - start));
    bytes.set((this.directory.read(this.path(node), start, bytes.length) ?? fail(SS$_NOPRIV)).subarray(0, bytes.length));
    return { status: bytes.length < length ? SS$_ENDOFFILE : SS$_NORMAL, bytes };
  }

  writeBlocks(id: FileId, vbn: number, data: Uint8Array): { status: number; bytes: number } {
    const node = this.node(id);
    // The blocks of a directory are what the host has in it. Who makes one writes an empty block, and that is so already.
    if (node.isDirectory) return data[0] === 0xff && data[1] === 0xff ? { status: SS$_NORMAL, bytes: data.length } : { status: SS$_NOPRIV, bytes: 0 };
    const end = Math.max(node.allocated, Math.ceil(this.stat(node).size / BLOCK)) * BLOCK;
    const start = (vbn - 1) * BLOCK;
    const room = Math.min(data.length, Math.max(0, end - start));
    if (room === 0) return { status: SS$_ENDOFFILE, bytes: 0 };
    if (!node.isBeingWritten) {
      // Until the close, the end of file that was there counts, not the whole blocks that are written.
      const entry = this.stat(node);
      node.recordAttributes = recordAttributesBytes(this.makeHeader(node, headerless(node), entry.size, entry));
      node.isBeingWritten = true;
      node.allocated = end / BLOCK;
    }
    if (!this.directory.write(this.path(node), start, data.subarray(0, room))) return { status: SS$_NOPRIV, bytes: 0 };
    return { status: room < data.length ? SS$_ENDOFFILE : SS$_NORMAL, bytes: room };
  }
}

const headerless = (node: Node): NewFile => ({ name: '', owner: 0, protection: 0, characteristics: 0, backLink: node.id, date: 0n });
const recordAttributesBytes = (header: Uint8Array): Uint8Array => headerOf(header).FH2$R_RECATTR;

function makeNode(id: FileId, isDirectory: boolean): Node {
  return {
    id, isDirectory, parent: undefined, host: '', children: new Map(), recordAttributes: undefined, isBeingWritten: false, allocated: 0, isRemoved: false,
    former: undefined, created: undefined, kind: undefined,
  };
}

/** Protection from mode bits: owner bits for system and owner; who may read may execute, who may write may delete. */
export function protectionOf(mode: number): number {
  const denied = (bits: number): number => {
    const reads = (bits & 4) !== 0;
    const writes = (bits & 2) !== 0;
    return (reads ? 0 : 1) | (writes ? 0 : 2) | (reads || bits & 1 ? 0 : 4) | (writes ? 0 : 8);
  };
  const owner = denied((mode >>> 6) & 7);
  return owner | (owner << 4) | (denied((mode >>> 3) & 7) << 8) | (denied(mode & 7) << 12);
}
