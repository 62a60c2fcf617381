import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Exactly what was done: the caller cannot see the machine. */
export interface BlinkReport {
  readonly did: string;
  readonly leds: readonly string[];
  readonly terminal: boolean;
}

export interface BlinkSurroundings {
  readonly ledFolder: string;
  readonly isTerminal: boolean;
  readonly write: (text: string) => void;
  readonly pauseMs: number;
}

const TIMES = 3;
const REVERSE_VIDEO = '\u001b[?5h';
const NORMAL_VIDEO = '\u001b[?5l';

/** Makes the machine noticeable: its LEDs where the kernel lets us write them, its terminal, and always a printed line. */
export async function blink(where: BlinkSurroundings): Promise<BlinkReport> {
  const leds = await writableLeds(where.ledFolder);
  for (let round = 0; round < TIMES; round += 1) {
    await show(where, leds, true);
    await pause(where.pauseMs);
    await show(where, leds, false);
    await pause(where.pauseMs);
  }
  const did = describe(leds, where.isTerminal);
  where.write(`blink: ${did}\n`);
  return { did, leds, terminal: where.isTerminal };
}

function describe(leds: readonly string[], isTerminal: boolean): string {
  const parts = ['printed a line'];
  if (isTerminal) parts.push(`flashed the terminal ${TIMES} times`);
  if (leds.length > 0) parts.push(`blinked ${leds.join(', ')} ${TIMES} times`);
  return parts.join(', ');
}

async function show(where: BlinkSurroundings, leds: readonly string[], on: boolean): Promise<void> {
  if (where.isTerminal) where.write(on ? REVERSE_VIDEO : NORMAL_VIDEO);
  await Promise.all(leds.map((led) => setLed(where.ledFolder, led, on)));
}

/** Writable is found out by writing `0`; an LED we may not touch is simply not ours to blink. */
async function writableLeds(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch((): string[] => [])).sort();
  const writable = await Promise.all(names.map((name) => setLed(folder, name, false)));
  return names.filter((_, index) => writable[index]);
}

function setLed(folder: string, name: string, on: boolean): Promise<boolean> {
  return writeFile(join(folder, name, 'brightness'), on ? '1' : '0', { flag: 'r+' }).then(
    () => true,
    () => false,
  );
}
