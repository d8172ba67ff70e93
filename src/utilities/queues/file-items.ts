import * as sjc from '../../executive/starlet/sjcdef.js';
import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import type { FoundFile } from '../file-search.js';
import { JobItems } from './client.js';

/** A file of a job as $SNDJBC wants it: by name, and by device, file ID and directory ID. */
export function fileItems(file: FoundFile): JobItems {
  const bytes = new Uint8Array(sjc.SJC$S_FILE_IDENTIFICATION);
  const device = file.device.slice(0, 15);
  bytes[0] = device.length;
  bytes.set(textToBytes(device), 1);
  const view = new DataView(bytes.buffer);
  file.fid.forEach((word, index) => { view.setUint16(16 + 2 * index, word, true); });
  bytes.set(file.did.subarray(0, 6), 22);
  return new JobItems().text(sjc.SJC$_FILE_SPECIFICATION, file.spec).text(sjc.SJC$_FILE_IDENTIFICATION, bytesToText(bytes));
}
