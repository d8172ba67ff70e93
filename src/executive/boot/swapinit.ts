import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import { LNM$INIT_SYSTEM } from '../names/index.js';
import { EXE$CREPRC } from '../process/create.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { PRC$M_DETACH } from '../starlet/prcdef.js';
import { readCounted } from '../structures/memory.js';
import { SYSTEM_DEVICE_NAMES } from './init.js';
import type { BootInformation } from './sysboot.js';

/**
 * EXE$SWAPINIT: what system initialization leaves to process context. The swapper builds the shareable logical name tables
 * and creates the process that does the rest, SYSINIT (chapter 25.2; digest ch25 2.3).
 */
export function swapInitRoutines(information: () => BootInformation): readonly Microroutine[] {
  return [inlineRoutine('EXE$SWAPINIT_BODY', (k) => {
    const { firstImage } = information();
    const [systemDevice] = SYSTEM_DEVICE_NAMES.map((cell) => takeName(k, cell)) as [string, string];
    const status = LNM$INIT_SYSTEM(k, systemDevice);
    if (!(status & 1)) throw new Error(`system logical name tables: status ${status.toString(16)}`);
    const made = EXE$CREPRC(k, {
      image: firstImage.includes(':') ? firstImage : `SYS$SYSTEM:${firstImage}`, input: '', output: '', error: '', disk: systemDevice, name: 'SYSINIT', privileges: undefined, quotas: new Map(),
      priority: SYSINIT_PRIORITY, uic: SYSTEM_UIC, mailboxUnit: 0, flags: PRC$M_DETACH,
    });
    if (!(made.status & 1)) throw new Error(`SYSINIT process: status ${made.status.toString(16)}`);
  })];
}

/** What EXE$INIT left in nonpaged pool; the block goes back. */
function takeName(k: Kernel, cell: string): string {
  const address = k.readLong(k.symbol(cell));
  const name = readCounted(k, address);
  EXE$DEANONPAGED(k, address - POOL_HEADER);
  k.writeLong(k.symbol(cell), 0);
  return name;
}

const POOL_HEADER = 12;
const SYSINIT_PRIORITY = 9;
/** [1,4] */
const SYSTEM_UIC = 0x00010004;
