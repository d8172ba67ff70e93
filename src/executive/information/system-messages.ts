import cli from './messages/cli.msg';
import jbc from './messages/jbc.msg';
import lib from './messages/lib.msg';
import rms from './messages/rms.msg';
import shr from './messages/shr.msg';
import str from './messages/str.msg';
import system from './messages/system.msg';
import utilities from './messages/utilities.msg';
import { compileMessages, type CompiledMessages } from './message-compiler.js';
import { buildSection } from './message-section.js';

/** The sources of the system message file, SYSMSG.EXE. */
export const SYSTEM_MESSAGE_SOURCES: Readonly<Record<string, string>> = { system, shr, rms, cli, lib, str, jbc, utilities };

/**
 * All messages of the system, compiled.
 *
 * @param more  further .MSG sources: messages of utilities that are part of the system
 * @throws when a source has an error: those of the project must have none
 */
export function compileSystemMessages(more: readonly string[] = []): CompiledMessages {
  const messages: CompiledMessages['messages'][number][] = [];
  const facilities = new Map<number, string>();
  const symbols = new Map<string, number>();
  for (const source of [...Object.values(SYSTEM_MESSAGE_SOURCES), ...more]) {
    const compiled = compileMessages(source);
    const error = compiled.errors[0];
    if (error) throw new Error(`message source, line ${error.line}: ${error.text}`);
    messages.push(...compiled.messages);
    for (const [number, name] of compiled.facilities) if (!facilities.has(number)) facilities.set(number, name);
    for (const [name, value] of compiled.symbols) symbols.set(name, value);
  }
  return { messages, facilities, symbols, errors: [] };
}

/** The bytes of the system message section, which SYSBOOT maps at EXE$GL_SYSMSG, readable from every mode. */
export function buildSystemMessageSection(more: readonly string[] = []): Uint8Array {
  return buildSection(compileSystemMessages(more));
}
