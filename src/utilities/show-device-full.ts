import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { deviceTypeName } from '../executive/io/device-type-names.js';
import { ownerText } from '../executive/information/rights-services.js';
import * as DC from '../executive/starlet/dcdef.js';
import * as DEV from '../executive/starlet/devdef.js';
import * as DVI from '../executive/starlet/dvidef.js';
import { JPI$_PRCNAM } from '../executive/starlet/jpidef.js';
import { getDevice, getProcess } from './process-information.js';
import { volumeFacts, type VolumeFacts } from './show-volume.js';

/** SHOW DEVICES/FULL: one device. @source dcl-output-formats.md, SHOW DEVICES /FULL; the rows that later versions added are left out */
const long = (code: number): { readonly code: number; readonly kind: 'long' } => ({ code, kind: 'long' });
const ITEMS = {
  characteristics: long(DVI.DVI$_DEVCHAR), kindOf: long(DVI.DVI$_DEVCLASS), type: long(DVI.DVI$_DEVTYPE), errors: long(DVI.DVI$_ERRCNT), operations: long(DVI.DVI$_OPCNT),
  pid: long(DVI.DVI$_PID), owner: long(DVI.DVI$_OWNUIC), protection: long(DVI.DVI$_VPROT), references: long(DVI.DVI$_REFCNT), buffer: long(DVI.DVI$_DEVBUFSIZ),
  blocks: long(DVI.DVI$_MAXBLOCK), sectors: long(DVI.DVI$_SECTORS), tracks: long(DVI.DVI$_TRACKS), cylinders: long(DVI.DVI$_CYLINDERS),
  label: { code: DVI.DVI$_VOLNAM, kind: 'text' }, volume: long(DVI.DVI$_VOLNUMBER), cluster: long(DVI.DVI$_CLUSTER), transactions: long(DVI.DVI$_TRANSCNT),
  free: long(DVI.DVI$_FREEBLOCKS), files: long(DVI.DVI$_MAXFILES), mounts: long(DVI.DVI$_MOUNTCNT),
} as const;

const KINDS: Readonly<Record<number, string>> = { [DC.DC$_DISK]: 'Disk', [DC.DC$_TAPE]: 'Magtape', [DC.DC$_TERM]: 'Terminal', [DC.DC$_LP]: 'Printer' };

const WORDS: readonly (readonly [mask: number, text: string])[] = [
  [DEV.DEV$M_ALL, 'allocated'], [DEV.DEV$M_MNT, 'mounted'], [DEV.DEV$M_SPL, 'spooled'], [DEV.DEV$M_FOD, 'file-oriented device'], [DEV.DEV$M_REC, 'record-oriented device'],
  [DEV.DEV$M_SHR, 'shareable'], [DEV.DEV$M_MBX, 'mailbox device'], [DEV.DEV$M_CCL, 'carriage control'], [DEV.DEV$M_SWL, 'software write-locked'], [DEV.DEV$M_ELG, 'error logging is enabled'],
];

const WIDTH = 79;

/** Text in lines of the screen, those after the first indented. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `    ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const field = (text: string, value: number | string, width: number): string => `${text}${String(value).padStart(width - text.length)}`;
const pair = (left: string, first: number | string, right = '', second: number | string = ''): string =>
  `    ${field(left, first, 32)}${right === '' ? '' : `    ${field(right, second, 39)}`}`;

function protectionText(denied: number, isFile: boolean): string {
  const letters = isFile ? 'RWED' : 'RWPL';
  return ['S', 'O', 'G', 'W'].map((name, category) => {
    const allowed = [...letters].filter((_letter, bit) => ((denied >>> (4 * category + bit)) & 1) === 0).join('');
    return allowed === '' ? name : `${name}:${allowed}`;
  }).join(',');
}

function* processName(p: Procedure, pid: number): Flow<string> {
  if (pid === 0) return '""';
  return yield* p.scratch(function* () {
    const address = p.allocate(4);
    p.memory.writeLong(address, pid);
    return `"${(yield* getProcess(p, address, { name: { code: JPI$_PRCNAM, kind: 'text' } } as const)).values.name}"`;
  });
}

/** How a disk is mounted: the last lines. */
function mountLines(facts: VolumeFacts): string[] {
  const words = [
    ...(facts.isVerified ? ['subject to mount verification'] : []), ...(facts.isErased ? ['erase on delete'] : []), 'write-through caching enabled',
    ...(facts.needsRebuild ? ['rebuild needed'] : []),
  ];
  return [
    pair('Mount status', facts.isSystem ? 'System' : facts.isGroup ? 'Group' : 'Process', 'Maximum buffers in FCP cache', facts.buffers), '',
    `  Volume Status:  ${words.join(', ')}.`,
  ];
}

/** @param volumeRoutine  address of SHOW$VOLUME */
export function* fullDeviceLines(p: Procedure, name: string, volumeRoutine: number): Flow<string[]> {
  const { status, values } = yield* p.scratch(() => getDevice(p, `_${name}`, ITEMS));
  if (!(status & 1)) return [];
  const has = (mask: number): boolean => (values.characteristics & mask) !== 0;
  const isDisk = values.kindOf === DC.DC$_DISK;
  const words = [has(DEV.DEV$M_AVL) ? 'is online' : 'is offline', ...WORDS.filter(([mask]) => has(mask)).map(([, text]) => text)];
  const lines = [
    '', ...wrapped(`${KINDS[values.kindOf] ?? 'Device'} ${name}, device type ${deviceTypeName(values.kindOf, values.type) ?? 'unknown'}, ${words.join(', ')}.`), '',
    pair('Error count', values.errors, 'Operations completed', values.operations), pair('Owner process', yield* processName(p, values.pid), 'Owner UIC', yield* ownerText(p, values.owner)),
    pair('Owner process ID', values.pid.toString(16).toUpperCase().padStart(8, '0'), 'Dev Prot', protectionText(values.protection, has(DEV.DEV$M_FOD))),
    pair('Reference count', values.references, 'Default buffer size', values.buffer),
  ];
  if (isDisk) lines.push(pair('Total blocks', values.blocks, 'Sectors per track', values.sectors), pair('Total cylinders', values.cylinders, 'Tracks per cylinder', values.tracks));
  const facts = isDisk && has(DEV.DEV$M_MNT) ? yield* volumeFacts(p, volumeRoutine, name.replace(/:$/, '')) : undefined;
  if (facts) {
    lines.push(
      '', pair('Volume label', `"${values.label.trim()}"`, 'Relative volume number', values.volume), pair('Cluster size', values.cluster, 'Transaction count', values.transactions),
      pair('Free blocks', values.free, 'Maximum files allowed', values.files), pair('Extend quantity', facts.extend, 'Mount count', values.mounts), ...mountLines(facts),
    );
  }
  return lines;
}
