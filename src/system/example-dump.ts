import { VirtualClock } from '../emulator/clock.js';
import { MemoryBlocks } from '../filesystem/block-io.js';
import { DUMP_OVERHEAD_BLOCKS } from '../executive/exceptions/dump-format.js';
import { buildSystemDiskInto } from '../sysgen/system-disk.js';
import { EXAMPLE_FILES } from './example-files.js';
import { COMMON_IMAGES } from './images.js';
import { startStarlet } from './starlet.js';
import { systemFiles } from './system-files.js';

/** 21-AUG-1986 06:41:15. */
const DATE = 0x008f_3c2a_0000_0000n;
const MEGABYTES = 8;
const DISK_BLOCKS = 12_000;
/** Far more than the crash needs. */
const MOST_SLICES = 10_000;

export interface ExampleDump {
  readonly dump: Uint8Array;
  /** What the console showed, to compare with. */
  readonly console: string;
}

/**
 * A dump to learn from: a system of its own is booted in virtual time, and examples/crash.com run on it. The same every time.
 *
 * @param megabytes  memory of that system
 */
export function makeExampleDump(megabytes = MEGABYTES): ExampleDump {
  const clock = new VirtualClock();
  const disk = new MemoryBlocks(DISK_BLOCKS);
  buildSystemDiskInto(disk, systemFiles(COMMON_IMAGES, EXAMPLE_FILES), { date: DATE, dumpFileBlocks: 4, pageFileBlocks: 2000 });
  const dump = new MemoryBlocks(megabytes * 2048 + DUMP_OVERHEAD_BLOCKS);
  let text = '';
  const system = startStarlet({
    memoryMegabytes: megabytes, clock, console: { transmit: (byte) => { text += String.fromCharCode(byte); } }, systemTime: DATE, disks: [disk], autologin: true,
    dumpWriter: { blocks: dump.blocks, write: (block, bytes) => { dump.write(block - 1, bytes); } },
  });
  const keys = [...'@SYS$EXAMPLES:CRASH YES\r'];
  for (let slices = 0; slices < MOST_SLICES && !system.crashed(); slices += 1) {
    if (system.machine.run(100_000).kind !== 'idle') continue;
    const key = keys.shift();
    if (key !== undefined) system.machine.console.receive(key.charCodeAt(0));
    else clock.advance(system.untilNextTimer() ?? 0);
  }
  if (!system.crashed()) throw new Error(`the example did not crash:\n${text}`);
  return { dump: dump.bytes, console: text };
}
