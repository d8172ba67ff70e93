import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { FAB$C_IDX, FAB$M_GET, FAB$M_PUT } from '../../executive/starlet/fabdef.js';
import { XAB$C_ALL, XAB$C_ALLLEN, XAB$C_KEY, XAB$C_KEYLEN, XAB$C_PRO, XAB$C_PROLEN, XABALL, XABKEY, XABPRO } from '../../executive/starlet/xabdef.js';
import { textToBytes } from '../../executive/structures/memory.js';
import { fileBlocks, nameOf, type FileFailure, type NamedBlocks, type NameOptions } from '../files.js';
import { applyProtection, defaultProtection, deniedBy, type ProtectionCode } from '../protection.js';
import { parseUic } from '../selection.js';
import type { FileDesign, KeyDesign } from './design.js';

/** A design made into a file, through FAB and XABs. */
const BLOCK = 512;
const NAME_BYTES = 32;
const WHOLE = 100;
const DEFAULT_BUCKET = 2;
const NO_PROTECTION = 0xffff;
const XAB$B_PROLOG = 0x48;

function chain(p: Procedure, fab: NamedBlocks['fab'], address: number): void {
  p.memory.writeLong(address + 4, fab.FAB$L_XAB);
  fab.FAB$L_XAB = address;
}

function bucketBytes(design: FileDesign, area: number): number {
  const size = design.areas.find(({ number }) => number === area)?.bucketSize ?? design.bucketSize;
  return (size || design.bucketSize || DEFAULT_BUCKET) * BLOCK;
}

function keyXab(p: Procedure, design: FileDesign, key: KeyDesign): number {
  const xab = XABKEY.at(p.memory, p.allocate(XAB$C_KEYLEN));
  xab.XAB$B_COD = XAB$C_KEY;
  xab.XAB$B_BLN = XAB$C_KEYLEN;
  xab.XAB$B_REF = key.number;
  xab.XAB$B_DTP = key.type;
  xab.XAB$B_FLG = key.flags;
  xab.XAB$B_NUL = key.nullValue;
  xab.XAB$B_DAN = key.dataArea;
  xab.XAB$B_IAN = key.indexArea;
  xab.XAB$B_LAN = key.lowestArea;
  xab.XAB$W_DFL = key.dataFill >= WHOLE ? 0 : Math.floor(bucketBytes(design, key.dataArea) * key.dataFill / WHOLE);
  xab.XAB$W_IFL = key.indexFill >= WHOLE ? 0 : Math.floor(bucketBytes(design, key.indexArea) * key.indexFill / WHOLE);
  if (key.name !== '') xab.XAB$L_KNM = p.bytes(textToBytes(key.name.slice(0, NAME_BYTES).padEnd(NAME_BYTES, '\0')));
  key.segments.forEach(({ position, size }, index) => {
    p.memory.writeWord(xab.address + XABKEY.offset.XAB$W_POS0 + 2 * index, position);
    p.memory.writeByte(xab.address + XABKEY.offset.XAB$B_SIZ0 + index, size);
  });
  p.memory.writeByte(xab.address + XAB$B_PROLOG, key.prolog);
  return xab.address;
}

/** `(system:RWED, owner:RWED, group:RE, world:)` of an FDL file. Classes that are not named stay as they are. */
export function protectionOf(text: string): ProtectionCode | undefined {
  let code: { mask: number; value: number } = { mask: 0, value: 0 };
  for (const part of text.replace(/^\(|\)$/g, '').split(',').map((one) => one.trim()).filter((one) => one !== '')) {
    const [name = '', letters = ''] = part.split(/[:=]/);
    const category = ['SYSTEM', 'OWNER', 'GROUP', 'WORLD'].findIndex((word) => name.trim() !== '' && word.startsWith(name.trim().toUpperCase()));
    const denied = deniedBy(letters.trim().toUpperCase());
    if (category < 0 || denied === undefined) return undefined;
    code = { mask: code.mask | (0xf << (4 * category)), value: (code.value & ~(0xf << (4 * category))) | (denied << (4 * category)) };
  }
  return code;
}

/**
 * Creates a file. Its FAB lies in the caller's scratch space, open for $PUT and $GET.
 *
 * @param spec  its name; '' for the one in the design
 */
export function* createFromDesign(p: Procedure, design: FileDesign, spec: string, options: NameOptions = {}, access = FAB$M_PUT | FAB$M_GET): Flow<{ readonly fab: NamedBlocks['fab']; readonly spec: string } | FileFailure> {
  const typed = spec || design.name;
  const blocks = fileBlocks(p, typed, { ...options, defaults: design.defaultName || (options.defaults ?? '') });
  const { fab } = blocks;
  fab.FAB$B_FAC = access;
  fab.FAB$B_ORG = design.organization;
  fab.FAB$B_RFM = design.format;
  fab.FAB$B_RAT = design.attributes;
  fab.FAB$W_MRS = design.recordSize;
  fab.FAB$B_FSZ = design.controlSize;
  fab.FAB$L_ALQ = design.areas.length > 0 ? 0 : design.allocation;
  fab.FAB$W_DEQ = design.extension;
  fab.FAB$B_BKS = design.bucketSize;
  fab.FAB$L_MRN = design.maximumRecord;
  fab.FAB$W_GBC = design.globalBuffers;
  fab.FAB$V_CTG = design.contiguous || design.areas[0]?.contiguous ? 1 : 0;
  fab.FAB$V_CBT = design.bestTry || design.areas[0]?.bestTry ? 1 : 0;
  fab.FAB$V_CIF = design.createIf ? 1 : 0;
  fab.FAB$V_MXV = design.maximizeVersion ? 1 : 0;
  fab.FAB$V_SUP = design.supersede ? 1 : 0;
  if (design.organization === FAB$C_IDX) {
    for (const key of [...design.keys].reverse()) chain(p, fab, keyXab(p, design, key));
    for (const area of [...design.areas].reverse()) {
      const xab = XABALL.at(p.memory, p.allocate(XAB$C_ALLLEN));
      xab.XAB$B_COD = XAB$C_ALL;
      xab.XAB$B_BLN = XAB$C_ALLLEN;
      xab.XAB$B_AID = area.number;
      xab.XAB$L_ALQ = area.allocation;
      xab.XAB$W_DEQ = area.extension;
      xab.XAB$B_BKZ = area.bucketSize;
      chain(p, fab, xab.address);
    }
  }
  const protection = design.protection === '' ? undefined : protectionOf(design.protection);
  const owner = design.owner === '' ? undefined : parseUic(design.owner);
  if (protection || owner !== undefined) {
    const xab = XABPRO.at(p.memory, p.allocate(XABPRO.size));
    xab.XAB$B_COD = XAB$C_PRO;
    xab.XAB$B_BLN = XAB$C_PROLEN;
    xab.XAB$W_PRO = protection ? applyProtection(defaultProtection(p), protection) : NO_PROTECTION;
    xab.XAB$L_UIC = owner ?? 0;
    chain(p, fab, xab.address);
  }
  const status = yield* service(p, '$CREATE', { fab: fab.address });
  const name = nameOf(p, blocks, typed);
  if (!(status & 1)) return { spec: name, status, stv: fab.FAB$L_STV };
  fab.FAB$L_NAM = 0;
  fab.FAB$L_XAB = 0;
  return { fab, spec: name };
}

