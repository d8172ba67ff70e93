import { useEffect, useState, type ReactElement } from 'react';
import { Box, Text, render, useApp, useInput, useStdout, type Key as InkKey } from 'ink';
import type { Browser, Key, Piece, Screen } from '../../sda/browse/browser.js';

/*
 * The browser's screen. This folder is bundled by itself (tools/build.mjs), with Ink and React, and loaded when a screen is asked for: it may
 * import types from other rooms, but no code.
 */

/** Rows around the page: title, note, foot, and one left free, for a terminal scrolls when its last line is full. */
const AROUND = 4;
const ENTER_SCREEN = '\x1b[?1049h';
const LEAVE_SCREEN = '\x1b[?1049l';

/** Shows the browser until its user leaves. */
export async function browse(browser: Browser): Promise<void> {
  process.stdout.write(ENTER_SCREEN);
  try {
    await render(<BrowserScreen browser={browser} />, { exitOnCtrlC: true, patchConsole: false }).waitUntilExit();
  } finally {
    process.stdout.write(LEAVE_SCREEN);
  }
}

function useSize(): readonly [columns: number, rows: number] {
  const { stdout } = useStdout();
  const measure = (): readonly [number, number] => [stdout.columns || 80, stdout.rows || 24];
  const [size, setSize] = useState(measure);
  useEffect(() => {
    const changed = (): void => { setSize(measure()); };
    stdout.on('resize', changed);
    return () => { stdout.off('resize', changed); };
  });
  return size;
}

export function BrowserScreen({ browser }: { readonly browser: Browser }): ReactElement {
  const { exit } = useApp();
  const [, setTurn] = useState(0);
  const [columns, rows] = useSize();
  useInput((input, ink) => {
    for (const key of keysOf(input, ink)) browser.key(key);
    if (browser.isDone) exit();
    else setTurn((turn) => turn + 1);
  });
  return <Lines screen={browser.screen(columns, Math.max(1, rows - AROUND))} columns={columns} height={Math.max(1, rows - AROUND)} />;
}

function Lines({ screen, columns, height }: { readonly screen: Screen; readonly columns: number; readonly height: number }): ReactElement {
  return (
    <Box flexDirection="column" width={columns}>
      <Text inverse wrap="truncate">{` ${screen.title}`.padEnd(columns)}</Text>
      {Array.from({ length: height }, (_, index) => <Line key={index} pieces={screen.lines[index] ?? []} />)}
      <Text color="yellow" wrap="truncate">{screen.note || ' '}</Text>
      <Text dimColor wrap="truncate">{screen.foot || ' '}</Text>
    </Box>
  );
}

function Line({ pieces }: { readonly pieces: readonly Piece[] }): ReactElement {
  if (pieces.every(({ text }) => text === '')) return <Text> </Text>;
  return <Text wrap="truncate">{pieces.map((piece, index) => <Text key={index} {...STYLES[piece.style]}>{piece.text}</Text>)}</Text>;
}

const STYLES = {
  plain: {}, heading: { bold: true }, row: { bold: true }, pointer: { color: 'cyan' }, chosen: { inverse: true, color: 'cyan' },
} as const;

const NAMED: readonly (readonly [flag: keyof InkKey, key: Key])[] = [
  ['upArrow', 'up'], ['downArrow', 'down'], ['leftArrow', 'left'], ['rightArrow', 'right'], ['pageUp', 'pageup'], ['pageDown', 'pagedown'],
  ['return', 'return'], ['escape', 'escape'], ['tab', 'tab'], ['backspace', 'delete'], ['delete', 'delete'],
];

/** What Ink makes of a key press or of a paste, as the browser's keys. */
function keysOf(input: string, ink: InkKey): Key[] {
  if (ink.ctrl && input === 'z') return ['ctrl-z'];
  const named = NAMED.find(([flag]) => ink[flag] === true);
  if (named) return [named[1]];
  if (ink.home === true) return ['home'];
  if (ink.end === true) return ['end'];
  return [...input].flatMap((text): Key[] => (text === '\r' || text === '\n' ? ['return'] : text === '\x7f' ? ['delete'] : text >= ' ' ? [{ text }] : []));
}
