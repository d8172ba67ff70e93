import type { SystemSpaceImage } from '../executive/boot/sysboot.js';
import { rmsDispatchSource } from '../executive/dispatch/index.js';
import type { Microroutine } from '../executive/gate/microroutine.js';
import { closeFile } from './files/close.js';
import { enterEntry, eraseFile, removeEntry, renameFile } from './files/directory-entries.js';
import { displayFile, extendOpenFile } from './files/display.js';
import { createFile, openFile } from './files/open.js';
import { parseName, searchName } from './files/parse.js';
import { rundown } from './files/rundown.js';
import { NAME_SERVICES } from './names/process-services.js';
import { fileService, ioAst } from './operation.js';
import { STREAM_SERVICES } from './records/streams.js';

/** RMS.EXE: its services and their dispatcher. A new service is written in the folder of its subject and listed here. */
const SERVICES: readonly Microroutine[] = [
  fileService('$OPEN', 'new', openFile),
  fileService('$CREATE', 'new', createFile),
  fileService('$CLOSE', 'open', closeFile),
  fileService('$DISPLAY', 'open', displayFile),
  fileService('$EXTEND', 'open', extendOpenFile),
  fileService('$PARSE', 'new', parseName),
  fileService('$SEARCH', 'new', searchName),
  fileService('$ERASE', 'new', eraseFile),
  fileService('$REMOVE', 'new', removeEntry),
  fileService('$ENTER', 'new', enterEntry),
  fileService('$RENAME', 'new', renameFile),
  ...STREAM_SERVICES,
  ...NAME_SERVICES,
  rundown,
];

export const RMS_IMAGE: SystemSpaceImage = {
  name: 'RMS',
  source: rmsDispatchSource(new Set(SERVICES.map((routine) => routine.name.replace('RMS$', '$')))),
  routines: [...SERVICES, ioAst],
  baseCell: 'MMG$GL_RMSBASE',
};
