import { EventEmitter } from 'node:events';
import type { ReactElement } from 'react';
import { Box, render, Text, type Instance } from 'ink';
import type { PanelFigures } from '../panel-figures.js';

/** Rows of the panel, its border included. */
export const PANEL_HEIGHT = 9;

/** Draws the panel as text, to be put wherever there is room: Ink lays out and colours, nothing goes to the terminal from here. */
export class PanelPainter {
  private readonly sink: FrameSink;
  private instance: Instance | undefined;

  constructor(columns: number) {
    this.sink = new FrameSink(columns);
  }

  /** The panel's rows, with their colours. */
  paint(figures: PanelFigures, columns: number): readonly string[] {
    this.sink.columns = columns;
    const panel = <Panel figures={figures} columns={columns} />;
    if (this.instance) this.instance.rerender(panel);
    else this.instance = render(panel, { stdout: this.sink as unknown as NodeJS.WriteStream, stdin: new NoInput() as unknown as NodeJS.ReadStream, debug: true, exitOnCtrlC: false, patchConsole: false });
    return this.sink.frame.split('\n').slice(0, PANEL_HEIGHT);
  }

  close(): void {
    this.instance?.unmount();
  }
}

/** Stands for a terminal: keeps the last frame. */
class FrameSink extends EventEmitter {
  frame = '';
  readonly rows = PANEL_HEIGHT;
  readonly isTTY = true;
  constructor(public columns: number) { super(); }
  write(text: string): boolean {
    if (text.length > 1) this.frame = text;
    return true;
  }
}

/** The panel reads no keys. */
class NoInput extends EventEmitter {
  readonly isTTY = false;
}

/** From this many columns on there is room for long bars and words; 80 columns are what most terminals have. */
const WIDE = 100;
/** With fewer there is room for the modes only. */
const NARROW = 46;
const percent = (share: number): string => `${String(Math.round(100 * share)).padStart(3)}%`;
const bar = (share: number, width: number): string => '█'.repeat(Math.round(share * width)).padEnd(width, '░');

function rate(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  return value >= 1e4 ? `${Math.round(value / 1e3)} k` : value.toFixed(value < 10 ? 1 : 0);
}

const MODES = [['Interrupt', 'interrupt', 'red'], ['Kernel', 'kernel', 'yellow'], ['Executive', 'executive', 'green'], ['Supervisor', 'supervisor', 'cyan'], ['User', 'user', 'blue'], ['Idle', 'idle', 'gray']] as const;
const MOST_LEVELS = 5;

export function Panel({ figures, columns }: { readonly figures: PanelFigures; readonly columns: number }): ReactElement {
  const { modes, levels, states, computable, pools } = figures;
  const isWide = columns >= WIDE;
  return (
    <Box borderStyle="single" width={columns} height={PANEL_HEIGHT}>
      <Box flexDirection="column" width={isWide ? 26 : 21} flexShrink={0} marginRight={1}>
        {MODES.map(([label, key, color]) => (
          <Text key={key} wrap="truncate">{label.padEnd(10)} <Text color={color}>{bar(modes[key], isWide ? 11 : 6)}</Text>{percent(modes[key])}</Text>
        ))}
        <Text wrap="truncate" bold>{rate(figures.instructions)} instructions/s</Text>
      </Box>
      {columns >= NARROW && <Box flexDirection="column" width={isWide ? 26 : 22} flexShrink={0} marginRight={1}>
        <Text wrap="truncate">Current  <Text bold>{figures.current}</Text></Text>
        <Text wrap="truncate">COM      {computable.length === 0 ? '-' : computable.map(([priority, count]) => `${priority}:${count}`).join(' ')}</Text>
        <Text wrap="wrap">{states.map(([name, count]) => `${name} ${count}`).join('  ')}</Text>
        <Text wrap="truncate">IPL      {levels.slice(0, MOST_LEVELS).map(([ipl, share]) => `${ipl}:${Math.round(100 * share)}%`).join(' ')}</Text>
      </Box>}
      <Box flexDirection="column" flexGrow={1}>
        <Text wrap="truncate">Faults {rate(figures.faults)}/s  free {figures.freePages}{isWide ? `  modified ${figures.modifiedPages} pages` : `  mod ${figures.modifiedPages}`}</Text>
        <Text wrap="truncate">{isWide ? 'I/O    direct' : 'Direct'} {rate(figures.directIo)}/s  buffered {rate(figures.bufferedIo)}/s</Text>
        {pools.map(({ name, used, size }) => (
          <Text key={name} wrap="truncate">{name.padEnd(9)}<Text color="magenta">{bar(size === 0 ? 0 : used / size, 8)}</Text>{percent(size === 0 ? 0 : used / size)} of {Math.round(size / 1024)} KB</Text>
        ))}
      </Box>
    </Box>
  );
}
