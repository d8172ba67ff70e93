import { matchKeyword } from './command-line.js';

const BLOCKS = ['BDB', 'FAB', 'FWA', 'IFB', 'IRB', 'RAB', 'RLB', 'SWB'] as const;
export type RmsBlock = (typeof BLOCKS)[number];

/** Which blocks SHOW PROCESS/RMS shows; PIO: of process permanent files too. */
export class RmsDisplay {
  readonly blocks = new Set<RmsBlock>(BLOCKS);
  permanent = false;

  /** @throws SdaError IVKEYW; then nothing has changed */
  choose(text: string): void {
    const words = text.split(',').map((word) => matchKeyword(word.trim(), [...BLOCKS, 'ALL', 'NONE', 'PIO', 'NOPIO'], 'keyword'));
    for (const word of words) {
      if (word === 'ALL') for (const block of BLOCKS) this.blocks.add(block);
      else if (word === 'NONE') this.blocks.clear();
      else if (word === 'PIO' || word === 'NOPIO') this.permanent = word === 'PIO';
      else {
        if (words[0] === word) this.blocks.clear();
        this.blocks.add(word as RmsBlock);
      }
    }
  }

  toString(): string {
    return [...[...this.blocks].sort(), ...(this.permanent ? ['PIO'] : [])].join(',') || 'NONE';
  }
}
