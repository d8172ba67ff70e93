import { procedure, type Microroutine } from '../../executive/gate/microroutine.js';
import {
  FSCN$_DEVICE, FSCN$_DIRECTORY, FSCN$_FILESPEC, FSCN$_NAME, FSCN$_NODE, FSCN$_ROOT, FSCN$_TYPE, FSCN$_VERSION, FSCN$V_DEVICE, FSCN$V_DIRECTORY, FSCN$V_NAME,
  FSCN$V_NODE, FSCN$V_ROOT, FSCN$V_TYPE, FSCN$V_VERSION,
} from '../../executive/starlet/fscndef.js';
import { RMS$_DIR, RMS$_NORMAL } from '../../executive/starlet/rmsdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { PIO_BASE, PIO_CELLS } from '../../executive/structures/p1-cells.js';
import { readCounted, textToBytes, writeCounted } from '../../executive/structures/memory.js';
import { defaultDirectory } from './expand.js';
import { directoryText, isWildDirectory, parseDirectory, resolveDirectory, scanFields } from './file-spec.js';

/** Services about names that need no file: $SETDDIR, $SETDFPROT, $FILESCAN. */
const DDSTRING = PIO_BASE + PIO_CELLS.offset.PIO$GT_DDSTRING;
const DDSTRING_SIZE = 256;

/**
 * $SETDDIR newdir,oldlen,olddir: gives the default directory and sets a new one; relative directories lead on from the present one. It
 * is not looked for on any disk. RMS$_NORMAL, RMS$_DIR, SS$_ACCVIO.
 */
const setDefaultDirectory = procedure('RMS$SETDDIR', function* (p) {
  const { kernel: k, memory } = p;
  const [newDescriptor, lengthAddress, oldDescriptor] = [p.argument(1), p.argument(2), p.argument(3)] as const;
  const wanted = newDescriptor === 0 ? undefined : k.callerString(newDescriptor);
  if (newDescriptor !== 0 && wanted === undefined) return SS$_ACCVIO;
  const present = readCounted(memory, DDSTRING);
  if (oldDescriptor !== 0) {
    if (!k.callerCanRead(oldDescriptor, 8)) return SS$_ACCVIO;
    const room = memory.readWord(oldDescriptor);
    const buffer = memory.readLong(oldDescriptor + 4);
    const kept = present.slice(0, room);
    if (!k.callerCanWrite(buffer, room)) return SS$_ACCVIO;
    memory.writeBytes(buffer, textToBytes(kept));
    if (lengthAddress === 0) memory.writeBytes(buffer + kept.length, textToBytes(' '.repeat(room - kept.length)));
  }
  if (lengthAddress !== 0) {
    if (!k.callerCanWrite(lengthAddress, 2)) return SS$_ACCVIO;
    memory.writeWord(lengthAddress, present.length);
  }
  if (wanted === undefined) return RMS$_NORMAL;
  const text = wanted.toUpperCase().replace(/[ \t]/g, '');
  if (!/^\[[^\]]*\]$|^<[^>]*>$/.test(text)) return RMS$_DIR;
  const parsed = parseDirectory(text);
  const resolved = typeof parsed === 'number' ? undefined : resolveDirectory(parsed, defaultDirectory(p));
  if (!resolved || isWildDirectory(resolved)) return RMS$_DIR;
  const stored = directoryText(resolved);
  if (stored.length >= DDSTRING_SIZE) return RMS$_DIR;
  writeCounted(memory, DDSTRING, stored, DDSTRING_SIZE);
  return RMS$_NORMAL;
});

/** $SETDFPROT newprot,oldprot: default protection of files the process creates. RMS$_NORMAL, SS$_ACCVIO. */
const setDefaultProtection = procedure('RMS$SETDFPROT', function* (p) {
  const { kernel: k, memory } = p;
  const [fresh, old] = [p.argument(1), p.argument(2)] as const;
  if (fresh !== 0 && !k.callerCanRead(fresh, 2)) return SS$_ACCVIO;
  if (old !== 0 && !k.callerCanWrite(old, 2)) return SS$_ACCVIO;
  const wanted = fresh === 0 ? undefined : memory.readWord(fresh);
  const cells = PIO_CELLS.at(memory, PIO_BASE);
  if (old !== 0) memory.writeWord(old, cells.PIO$GW_DFPROT);
  if (wanted !== undefined) cells.PIO$GW_DFPROT = wanted;
  return RMS$_NORMAL;
});

/**
 * $FILESCAN srcstr,valuelst,fldflags: finds the fields of a file specification without judging them; each item gets the length and address
 * of its field within the caller's string. SS$_NORMAL, SS$_ACCVIO, SS$_BADPARAM for an unknown item.
 */
const fileScan = procedure('RMS$FILESCAN', function* (p) {
  const { kernel: k, memory } = p;
  const source = p.argument(1);
  const text = k.callerString(source);
  if (text === undefined) return SS$_ACCVIO;
  const start = memory.readLong(source + 4);
  const fields = scanFields(text);
  if (!fields) return RMS$_DIR;
  const places = new Map<number, { at: number; length: number }>([[FSCN$_FILESPEC, { at: start, length: text.length }]]);
  let at = start;
  let flags = 0;
  for (const [code, bit, part] of [
    [FSCN$_NODE, FSCN$V_NODE, fields.node], [FSCN$_DEVICE, FSCN$V_DEVICE, fields.device], [FSCN$_ROOT, FSCN$V_ROOT, fields.root],
    [FSCN$_DIRECTORY, FSCN$V_DIRECTORY, fields.directory], [FSCN$_NAME, FSCN$V_NAME, fields.name], [FSCN$_TYPE, FSCN$V_TYPE, fields.type],
    [FSCN$_VERSION, FSCN$V_VERSION, fields.version],
  ] as const) {
    places.set(code, { at, length: part.length });
    at += part.length;
    if (part.length > 0) flags |= 1 << bit;
  }
  for (let entry = p.argument(2); entry !== 0; entry += 8) {
    if (!k.callerCanRead(entry, 4)) return SS$_ACCVIO;
    const code = memory.readWord(entry + 2);
    if (memory.readLong(entry) === 0) break;
    const place = places.get(code);
    if (!place) return SS$_BADPARAM;
    if (!k.callerCanWrite(entry, 8)) return SS$_ACCVIO;
    memory.writeWord(entry, place.length);
    memory.writeLong(entry + 4, place.at);
  }
  const flagsAddress = p.argument(3);
  if (flagsAddress !== 0) {
    if (!k.callerCanWrite(flagsAddress, 4)) return SS$_ACCVIO;
    memory.writeLong(flagsAddress, flags);
  }
  return SS$_NORMAL;
});

export const NAME_SERVICES: readonly Microroutine[] = [setDefaultDirectory, setDefaultProtection, fileScan];
