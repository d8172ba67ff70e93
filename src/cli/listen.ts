import { TerminalListener, type ListenAddress } from '../console/terminal-listener.js';
import { MOST_LINES } from '../system/terminals.js';
import { decimal, EX_CANTCREAT, UsageError } from './usage.js';

/** --listen PORT, HOST:PORT, raw:PORT, raw:HOST:PORT, or the path of a Unix socket (it has a slash, or is no number); repeatable. */
export function listenOption(value: string, before: readonly ListenAddress[] | undefined): readonly ListenAddress[] {
  return [...(before ?? []), address(value)];
}

const LOCAL = '127.0.0.1';
const HIGHEST_PORT = 65_535;

function address(value: string): ListenAddress {
  const tcp = /^(raw:)?(?:(\[[0-9a-f:]+\]|[a-z0-9.-]+):)?(\d+)$/i.exec(value);
  if (tcp) {
    const port = Number(tcp[3]);
    if (port > HIGHEST_PORT) throw new UsageError(`--listen: no port ${port}`);
    return { host: tcp[2]?.replace(/[[\]]/g, '') ?? LOCAL, port, raw: tcp[1] !== undefined };
  }
  if (value === '' || /^raw:/i.test(value)) throw new UsageError(`--listen takes PORT, HOST:PORT, raw:PORT or the path of a socket, not '${value}'`);
  return { path: value };
}

const DEFAULT_LINES = 8;

/** The terminal lines that --lines and --listen ask for; undefined when they do not. */
export function terminalLines(flags: { readonly lines?: string; readonly listen?: readonly ListenAddress[] }): TerminalListener | undefined {
  if (flags.lines === undefined && flags.listen === undefined) return undefined;
  if (flags.listen === undefined) throw new UsageError('--lines needs --listen: nobody could connect to the lines');
  return new TerminalListener(flags.lines === undefined ? DEFAULT_LINES : decimal(flags.lines, 1, MOST_LINES, '--lines'));
}

/** @throws UsageError when an address cannot be had */
export async function openLines(lines: TerminalListener, addresses: readonly ListenAddress[]): Promise<void> {
  for (const address of addresses) {
    try {
      process.stderr.write(`starlet: listening on ${await lines.listen(address)}\r\n`);
    } catch (error) {
      throw new UsageError(`cannot listen: ${(error as Error).message}`, EX_CANTCREAT);
    }
  }
}
