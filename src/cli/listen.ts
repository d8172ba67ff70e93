import type { ListenAddress } from '../console/terminal-listener.js';
import { UsageError } from './usage.js';

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
