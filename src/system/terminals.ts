import { MULTIPLEXERS, MUX_LINES, multiplexerPlace, TerminalMultiplexer, type LinePort } from '../emulator/devices/multiplexer.js';
import type { Machine } from '../emulator/machine.js';

export const MOST_LINES = MULTIPLEXERS * MUX_LINES;

/** The machine's end of a terminal line, for the host. */
export interface LineControls {
  receive(bytes: Iterable<number>): void;
  /** Somebody is there, or no longer; `lost` forgets what has been typed and not read. */
  setCarrier(on: boolean, lost?: boolean): void;
  /** Whether the host can take characters. */
  setClearToSend(on: boolean): void;
  /** The system takes calls on the line. */
  isReady(): boolean;
  /** Bytes typed and not read. */
  waiting(): number;
}

/** Who answers for the terminal lines of a machine. Asked anew for each machine that is made: a system that boots again has new lines. */
export interface LineHost {
  /** 1 to 32. */
  readonly lines: number;
  connect(line: number, controls: LineControls): LinePort;
}

/** Connects as many multiplexers as the lines need: TTA0: to TTA7: are lines 0 to 7, TTB0: is line 8. */
export function attachTerminals(machine: Machine, host: LineHost): void {
  for (let number = 0; number * MUX_LINES < host.lines; number += 1) {
    const { base, vector } = multiplexerPlace(number);
    const multiplexer = new TerminalMultiplexer(machine, base, vector);
    for (let line = 0; line < MUX_LINES && number * MUX_LINES + line < host.lines; line += 1) {
      multiplexer.attach(line, host.connect(number * MUX_LINES + line, {
        receive: (bytes) => { multiplexer.receive(line, bytes); },
        setCarrier: (on, lost) => { multiplexer.setCarrier(line, on, lost); },
        setClearToSend: (on) => { multiplexer.setClearToSend(line, on); },
        isReady: () => multiplexer.isReady(line),
        waiting: () => multiplexer.waiting(line),
      }));
    }
  }
}
