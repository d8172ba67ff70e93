import { chmodSync, existsSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { LinePort } from '../emulator/devices/multiplexer.js';
import type { LineControls, LineHost } from '../system/terminals.js';
import { Telnet } from './telnet.js';

/** Where to listen. A TCP port speaks telnet unless `raw`; a Unix socket is raw always, and only its owner can use it. */
export type ListenAddress = { readonly host: string; readonly port: number; readonly raw: boolean } | { readonly path: string };

/** Bytes that wait for the machine before the host's side is paused, and with which it goes on. */
const INPUT_HIGH = 8192;
const INPUT_LOW = 1024;
/** Bytes that wait for the host before the line is told to wait. */
const OUTPUT_HIGH = 32_768;

const BUSY = '\r\nAll lines are in use\r\n';

/** A line and who is on it. */
class Line implements LinePort {
  socket: Socket | undefined;
  private telnet: Telnet | undefined;
  private pending: number[] = [];
  private isPaused = false;
  /** The other side has said its last word. */
  private isEnding = false;
  /** The system has hung up. */
  private isHungUp = false;

  constructor(readonly controls: LineControls, private readonly wake: () => void) {}

  get isFree(): boolean { return this.socket === undefined && this.controls.isReady(); }

  // Machine to host

  transmit(byte: number): void {
    if (!this.socket) return;
    this.pending.push(byte);
    if (this.pending.length > OUTPUT_HIGH) this.controls.setClearToSend(false);
  }

  /** Off: the system hangs up, when what it has said is out. */
  dataTerminalReady(on: boolean): void {
    this.isHungUp = !on;
  }

  // Host to machine

  begin(socket: Socket, telnet: Telnet | undefined): void {
    this.socket = socket;
    this.telnet = telnet;
    this.pending = [];
    this.isPaused = false;
    this.isEnding = false;
    this.isHungUp = false;
    if (telnet) socket.write(Uint8Array.from(telnet.greeting));
    this.controls.setClearToSend(true);
    this.controls.setCarrier(true);
    socket.on('data', (data: Buffer) => { this.typed(data); });
    socket.on('drain', () => {
      this.controls.setClearToSend(true);
      this.wake();
    });
    socket.on('end', () => {
      this.controls.setCarrier(false);
      this.isEnding = true;
      this.wake();
    });
    // What went wrong does not matter: 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => { this.closed(socket); });
    this.wake();
  }

  private typed(data: Buffer): void {
    const { typed, reply } = this.telnet ? this.telnet.decode(data) : { typed: data, reply: [] };
    if (reply.length > 0) this.socket?.write(Uint8Array.from(reply));
    this.controls.receive(typed);
    if (!this.isPaused && this.controls.waiting() > INPUT_HIGH) {
      this.isPaused = true;
      this.socket?.pause();
    }
    this.wake();
  }

  private closed(socket: Socket): void {
    if (this.socket !== socket) return;
    this.socket = undefined;
    this.pending = [];
    this.controls.setCarrier(false, true);
    this.controls.setClearToSend(true);
    this.wake();
  }

  /** Sends what the machine has said; ends a connection that is over when everything has been read and said. */
  flush(): void {
    const { socket } = this;
    if (!socket) return;
    if (this.pending.length > 0) {
      const bytes = this.pending;
      this.pending = [];
      const clear = socket.write(Uint8Array.from(this.telnet ? this.telnet.encode(bytes) : bytes)) || socket.writableLength < OUTPUT_HIGH;
      this.controls.setClearToSend(clear);
    }
    if (this.isPaused && this.controls.waiting() < INPUT_LOW) {
      this.isPaused = false;
      socket.resume();
    }
    if ((this.isHungUp || (this.isEnding && this.controls.waiting() === 0)) && !socket.writableEnded) {
      socket.end();
      // A host that never closes its side would keep the line.
      socket.resume();
    }
  }

  hangUp(): void { this.socket?.destroy(); }
}

/**
 * The host side of terminal lines: every connection is a line, and hangs up when it ends. Nothing is listened to before `listen`, and after
 * `close` nothing is left: no socket, no path.
 */
export class TerminalListener implements LineHost {
  private servers: Server[] = [];
  private readonly all: (Line | undefined)[];
  /** Called when something has happened that the machine may want to see. */
  wake: () => void = () => undefined;

  constructor(readonly lines: number) {
    this.all = Array.from({ length: lines }, () => undefined);
  }

  /** A machine has been made, with line `number`; whoever was on the line of the one before is cut off. */
  connect(number: number, controls: LineControls): LinePort {
    this.all[number]?.hangUp();
    const line = new Line(controls, () => { this.wake(); });
    this.all[number] = line;
    return line;
  }

  /** @returns the address, with the port that was chosen for port 0 @throws the host's error */
  async listen(address: ListenAddress): Promise<string> {
    if ('path' in address) await removeStale(address.path);
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => { this.accept(socket, !('path' in address) && !address.raw); });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      const listening = (): void => {
        server.off('error', reject);
        server.on('error', () => undefined);
        resolve();
      };
      if ('path' in address) {
        // Nobody else may connect between the making of the socket and chmod.
        const mask = process.umask(0o177);
        try {
          server.listen(address.path, listening);
        } finally {
          process.umask(mask);
        }
      } else server.listen(address.port, address.host, listening);
    });
    this.servers.push(server);
    if ('path' in address) {
      chmodSync(address.path, 0o600);
      return address.path;
    }
    const bound = server.address() as AddressInfo;
    return `${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
  }

  private accept(socket: Socket, telnet: boolean): void {
    const free = this.all.find((line) => line?.isFree);
    if (free) free.begin(socket, telnet ? new Telnet() : undefined);
    else {
      socket.on('error', () => undefined);
      socket.end(BUSY);
      socket.resume();
    }
  }

  /** To be called after every slice. */
  flush(): void { for (const line of this.all) line?.flush(); }

  /** Whether somebody is on a line. */
  get isInUse(): boolean { return this.all.some((line) => line?.socket !== undefined); }

  /** Hangs up on everybody and stops listening. */
  async close(): Promise<void> {
    this.flush();
    await Promise.all(this.servers.splice(0).map((server) => new Promise<void>((resolve) => {
      server.close(() => { resolve(); });
      for (const line of this.all) line?.hangUp();
    })));
  }
}

/** A socket that nobody listens to any more is left over from a process that was killed. */
async function removeStale(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const refused = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(false);
    });
    probe.on('error', (error: NodeJS.ErrnoException) => { resolve(error.code === 'ECONNREFUSED'); });
  });
  if (refused) rmSync(path, { force: true });
}
