import type { Command } from './command.js';
import { SdaError } from './error.js';

const PIECE = 0x1_0000;

/** `COPY`: the dump, block for block, before the next crash overwrites it. @source System Dump Analyzer manual, COPY */
export const COPY: Command = {
  name: 'COPY',
  qualifiers: [],
  takesLine: true,
  help: ['COPY file', 'Copies the dump file to another file, so that the next crash does not write over it.'],
  *run({ target, files }, { rest }) {
    if (!target.file || !target.crash) throw new SdaError('E', 'CMDNOTVLD', 'command not valid on the running system');
    if (rest === '') throw new SdaError('E', 'INSFPRM', 'missing command parameters - supply a file');
    const { file, crash: { length } } = target;
    const name = rest.replace(/^"|"$/g, '');
    const copy = files.createBlocks?.(name, length);
    if (!copy) throw new SdaError('E', 'OPENOUT', `error opening ${name} as output`);
    try {
      for (let at = 0; at < length; at += PIECE) copy.write(file.read(at, Math.min(PIECE, length - at)));
    } catch (error) {
      if (error instanceof SdaError) throw error;
      throw new SdaError('E', 'WRITEERR', `error writing ${name}`);
    } finally {
      copy.close();
    }
  },
};
