import { inlineRoutine, jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { ACB } from '../structures/acb.js';
import { PCB } from '../structures/pcb.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { ASTLVL_NONE, SCH$NEWLVL, SCH$QAST, setAstLevel } from './queue.js';

/*
 * The steps of SCH$ASTDEL (astdel.mar). The kernel stack holds, from the top, R0 to R5 as the interrupted thread had them, its PC and
 * its PSL. R4 and R5 are the PCB and the ACB in what follows.
 */
const SAVED_R0 = 0;
const SAVED_R1 = 4;
const SAVED_PC = 24;
const SAVED_PSL = 28;

/** Longwords of the AST argument list: count, parameter, R0, R1, PC, PSL. */
const ARGUMENT_LIST_BYTES = 24;
const ARGUMENT_COUNT = 5;

const modeOfPsl = (psl: number): number => (psl >>> 24) & 3;

/** PSL of code of `mode` that was entered from the same mode, IPL 0. */
const pslOfMode = (mode: number): number => (mode << 24) | (mode << 22);

/**
 * Takes the first ACB and decides: a special kernel AST goes on in line, a normal one that can be delivered at SCH_ASTNORMAL, and
 * anything else is put back and dismissed at SCH_ASTDISMISS. IPL$_SYNCH. @source book 7.5.1; digest ch07 2.3 steps 2-5c
 */
function nextAst(k: Kernel): void {
  const pcb = k.pcb;
  const header = pcb.address + PCB.offset.PCB$L_ASTQFL;
  const acbAddress = k.removeHead(header);
  if (acbAddress === undefined) {
    setAstLevel(k, pcb.address, ASTLVL_NONE);
    k.jump(k.symbol('SCH_ASTDISMISS'));
    return;
  }
  const acb = ACB.at(k, acbAddress);
  k.setRegister(4, pcb.address);
  k.setRegister(5, acbAddress);
  if (acb.ACB$V_KAST !== 0) return;

  const mode = acb.ACB$V_MODE;
  const modeBit = 1 << mode;
  const interruptedMode = modeOfPsl(k.readLong(k.register(14) + SAVED_PSL));
  const blocked = (pcb.PCB$B_ASTACT & modeBit) !== 0 || (pcb.PCB$B_ASTEN & modeBit) === 0;
  if (mode > interruptedMode || blocked) {
    k.insertQueue(acbAddress, header);
    // An outer mode's AST behind a special kernel AST just taken: ASTLVL must leave 0, or REI would ask for it for ever. A blocked one:
    // mode + 1, and as the thread may be in a mode further out (ASTs disabled in an inner one), at least that mode + 1, for the same
    // reason. ASTEXIT and $SETAST, which can end the blocking, compute it anew.
    setAstLevel(k, pcb.address, mode > interruptedMode ? mode : interruptedMode + 1);
    k.jump(k.symbol('SCH_ASTDISMISS'));
    return;
  }
  pcb.PCB$B_ASTACT |= modeBit;
  if (acb.ACB$V_QUOTA !== 0) pcb.PCB$W_ASTCNT += 1;
  setAstLevel(k, pcb.address, mode + 1);
  k.jump(k.symbol('SCH_ASTNORMAL'));
}

/**
 * Whether the thread was interrupted right behind the CHMK #ASTEXIT of an AST of the same mode: the R0, R1, PC and PSL of the thread
 * below are still on that mode's stack and serve again, so that a run of ASTs does not fill the stack.
 */
function reusesFrame(k: Kernel, mode: number): boolean {
  const stack = k.register(14);
  return k.readLong(stack + SAVED_PC) === k.symbol('EXE$ASTRET_EXITED') && modeOfPsl(k.readLong(stack + SAVED_PSL)) === mode;
}

/** R3 the mode, R2 bytes needed on its stack, R1 where they begin: what the probes in astdel.mar look at. IPL 2. */
function sizeFrame(k: Kernel): void {
  const mode = ACB.at(k, k.register(5)).ACB$V_MODE;
  const bytes = reusesFrame(k, mode) ? 8 : ARGUMENT_LIST_BYTES;
  k.setRegister(3, mode);
  k.setRegister(2, bytes);
  const stackPointer = mode === 0 ? k.register(14) + SAVED_PSL + 4 : k.cpu.readPR(mode);
  k.setRegister(1, stackPointer - bytes);
}

/**
 * Builds the argument list on the stack of the AST's mode, and on the kernel stack, below R0 to R5, the PC and PSL with which REI
 * enters EXE$ASTDEL. The procedure's address travels in R1, whose own value is in the list. IPL 2.
 *
 * choice: a kernel mode AST is entered by the same REI; the book drops IPL and falls through, with the same result.
 * @source book 7.5.1, 7.5.2; digest ch07 1.4, 2.3 steps 5e-g, 6
 */
function buildFrame(k: Kernel): void {
  const acb = ACB.at(k, k.register(5));
  const mode = k.register(3);
  const list = k.register(1);
  const stack = k.register(14);
  const saved: number[] = [];
  for (let offset = 0; offset <= SAVED_PSL; offset += 4) saved.push(k.readLong(stack + offset));
  const savedAt = (offset: number): number => saved[offset / 4]!;

  k.writeLong(list + 4, acb.ACB$L_ASTPRM);
  k.writeLong(list, ARGUMENT_COUNT);
  if (k.register(2) === ARGUMENT_LIST_BYTES) {
    k.writeLong(list + 8, savedAt(SAVED_R0));
    k.writeLong(list + 12, savedAt(SAVED_R1));
    k.writeLong(list + 16, savedAt(SAVED_PC));
    k.writeLong(list + 20, savedAt(SAVED_PSL));
  }
  if (mode !== 0) k.cpu.writePR(mode, list);
  const newStack = mode === 0 ? list - (SAVED_PSL + 4) : stack;
  saved[SAVED_R1 / 4] = acb.ACB$L_AST;
  saved[SAVED_PC / 4] = k.symbol('EXE$ASTDEL');
  saved[SAVED_PSL / 4] = pslOfMode(mode);
  saved.forEach((value, index) => { k.writeLong(newStack + 4 * index, value); });
  k.setRegister(14, newStack);
}

/** No stack to put the frame on: what EXE$ASTFLT reports goes on the kernel stack, under R0 to R5. */
function describeFault(k: Kernel): void {
  const acb = ACB.at(k, k.register(5));
  const stack = k.register(14);
  const saved: number[] = [];
  for (let offset = 0; offset <= SAVED_PSL; offset += 4) saved.push(k.readLong(stack + offset));
  const pc = saved[SAVED_PC / 4]!;
  const psl = saved[SAVED_PSL / 4]!;
  const report = [k.register(1) + k.register(2), acb.ACB$L_ASTPRM, pc, psl, acb.ACB$L_AST, pslOfMode(acb.ACB$V_MODE)];
  const words = [...saved.slice(0, 6), ...report];
  const newStack = stack - 16;
  words.forEach((value, index) => { k.writeLong(newStack + 4 * index, value); });
  k.setRegister(14, newStack);
}

/** A delivered ACB without a piggyback routine goes back to pool, unless its owner keeps it. */
function disposeAcb(k: Kernel): void {
  const acb = k.register(5);
  if (ACB.at(k, acb).ACB$V_NODELETE === 0) EXE$DEANONPAGED(k, acb);
}

/**
 * ASTEXIT: the mode that executed CHMK #0 has no AST active any more. IPL 2. @source book 7.5.3; digest ch07 2.4
 */
function exitAst(k: Kernel): void {
  const pcb = k.pcb;
  pcb.PCB$B_ASTACT &= ~(1 << k.callerMode);
  SCH$NEWLVL(k, pcb.address);
  k.setRegister(0, SS$_NORMAL);
}

export const AST_DELIVERY_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('SCH_NEXTAST', nextAst),
  inlineRoutine('SCH_ASTSIZE', sizeFrame),
  inlineRoutine('SCH_ASTFRAME', buildFrame),
  inlineRoutine('SCH_ASTFAULT', describeFault),
  inlineRoutine('SCH_ASTDISPOSE', disposeAcb),
  inlineRoutine('SCH_ASTEXIT', exitAst),
  jsbRoutine('SCH$QAST', (k) => { k.setRegister(0, SCH$QAST(k, k.register(5), k.register(2))); }),
  jsbRoutine('SCH$NEWLVL', (k) => { SCH$NEWLVL(k, k.register(4)); }),
];
