import type { Kernel } from '../kernel.js';
import { textToBytes, type Memory } from '../structures/memory.js';

/**
 * Memory as the current access mode sees it, for atomic routines that run in their caller's mode: a missing page is a fault
 * that restarts the routine, a protection violation the caller's own access violation.
 */
export function callerMemory(k: Kernel): Memory {
  const { cpu } = k;
  return {
    readByte: (address) => cpu.readByte(address >>> 0),
    readWord: (address) => cpu.readWord(address >>> 0),
    readLong: (address) => cpu.readLong(address >>> 0) >>> 0,
    readBytes: (address, length) => cpu.readBytes(address >>> 0, length),
    writeByte: (address, value) => cpu.writeByte(address >>> 0, value),
    writeWord: (address, value) => cpu.writeWord(address >>> 0, value),
    writeLong: (address, value) => cpu.writeLong(address >>> 0, value),
    writeBytes: (address, bytes) => cpu.writeBytes(address >>> 0, bytes),
    copy: (from, to, length) => cpu.copyBytes(from >>> 0, to >>> 0, length),
  };
}

/**
 * Stores as much of `text` as the buffer of a descriptor holds, and the length stored.
 *
 * @param lengthAddress  word for the length, 0 when not wanted
 * @returns whether all of it fitted
 */
export function storeText(memory: Memory, descriptor: number, lengthAddress: number, text: string): boolean {
  const stored = text.slice(0, memory.readWord(descriptor));
  memory.writeBytes(memory.readLong(descriptor + 4), textToBytes(stored));
  if (lengthAddress !== 0) memory.writeWord(lengthAddress, stored.length);
  return stored.length === text.length;
}
