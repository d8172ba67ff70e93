import type { LinePort } from '../../../src/emulator/devices/multiplexer.js';
import type { LineControls, LineHost } from '../../../src/system/terminals.js';

/** A line of a test: what the machine has sent on it, and its modem. */
export class TestLine implements LinePort {
  text = '';
  /** Data terminal ready, as it went on and off. */
  readonly ready: boolean[] = [];

  constructor(readonly controls: LineControls) {}

  transmit(byte: number): void { this.text += String.fromCharCode(byte); }

  dataTerminalReady(on: boolean): void { this.ready.push(on); }

  call(): void { this.controls.setCarrier(true); }

  hangUp(): void { this.controls.setCarrier(false); }

  type(text: string): void { this.controls.receive([...text].map((character) => character.charCodeAt(0))); }
}

/** Terminal lines in the hands of a test. */
export class TestLines implements LineHost {
  readonly all: TestLine[] = [];

  constructor(readonly lines = 8) {}

  connect(_line: number, controls: LineControls): LinePort {
    const line = new TestLine(controls);
    this.all.push(line);
    return line;
  }
}
