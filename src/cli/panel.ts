import type { WriteStream } from 'node:tty';
import { PanelSource } from '../console/panel-figures.js';
import { PanelRegion } from '../console/panel-region.js';
import { hostMilliseconds } from '../console/runner.js';
import type { HostTerminal } from '../console/terminal.js';
import type { Kernel } from '../executive/kernel.js';
import { UsageError } from './usage.js';

/** How often the panel is drawn. */
const INTERVAL_MS = 500;

export interface OpenPanel {
  /** To be called after every slice. */
  look(): void;
  close(): void;
}

/** Puts the front panel above the console and keeps it up to date until it is closed. @throws UsageError when the terminal is too small */
export async function openPanel(kernel: Kernel, terminal: HostTerminal, output: WriteStream = process.stdout as WriteStream): Promise<OpenPanel> {
  const { PANEL_HEIGHT, PanelPainter } = await import('../console/screens/index.js');
  if (!PanelRegion.fits(output, PANEL_HEIGHT)) throw new UsageError('the terminal has too few rows for --panel');
  const source = new PanelSource(kernel, hostMilliseconds);
  const region = new PanelRegion(output, new PanelPainter(output.columns), PANEL_HEIGHT);
  const draw = (): void => { if (terminal.isBetweenSequences) region.draw(source.take()); };
  draw();
  const timer = setInterval(draw, INTERVAL_MS);
  return {
    look: () => { source.look(); },
    close: () => {
      clearInterval(timer);
      region.close();
    },
  };
}
