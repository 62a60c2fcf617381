/** ISO 8601 durations as the time controls use them: weeks, days, hours, minutes, seconds. Pure. */
const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const PART_MS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000];
const PART_WORDS = ['week', 'day', 'hour', 'minute', 'second'];

/** Milliseconds; undefined for what is no duration, or none of these parts, or nothing at all. */
export function durationMs(text: string): number | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const ms = parts.reduce((sum, part, index) => sum + part * (PART_MS[index] ?? 0), 0);
  return ms > 0 ? ms : undefined;
}

/** "30 minutes", "1 day", "1 hour 30 minutes". The text itself where it cannot be read. */
export function durationWords(text: string): string {
  const parts = partsOf(text) ?? [];
  const words = parts.flatMap((part, index) =>
    part === 0 ? [] : [`${part} ${PART_WORDS[index]}${part === 1 ? '' : 's'}`],
  );
  return words.length === 0 ? text : words.join(' ');
}

/** The shortest text for so many milliseconds. */
export function durationText(ms: number): string {
  const whole = Math.max(1, Math.round(ms / 1_000));
  const [days, hours, minutes, seconds] = [
    Math.floor(whole / 86_400),
    Math.floor((whole % 86_400) / 3_600),
    Math.floor((whole % 3_600) / 60),
    whole % 60,
  ];
  const time = [part(hours, 'H'), part(minutes, 'M'), part(seconds, 'S')].join('');
  return `P${part(days, 'D')}${time === '' ? '' : `T${time}`}`;
}

function part(count: number, letter: string): string {
  return count === 0 ? '' : `${count}${letter}`;
}

function partsOf(text: string): number[] | undefined {
  const found = DURATION.exec(text);
  return found === null ? undefined : found.slice(1).map((digits) => Number(digits ?? 0));
}
