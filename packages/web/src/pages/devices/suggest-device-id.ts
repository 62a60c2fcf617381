const ADJECTIVES = [
  'amber',
  'calm',
  'clear',
  'early',
  'gentle',
  'lively',
  'narrow',
  'quiet',
  'silver',
  'steady',
] as const;
const NOUNS = ['arch', 'bridge', 'buoy', 'canal', 'harbour', 'lantern', 'meadow', 'pier', 'sluice', 'tower'] as const;

/**
 * An id one can say aloud: `calm-harbour-42`.
 *
 * @param random three numbers from 0 to below 1
 */
export function suggestDeviceId([first, second, third]: readonly [number, number, number]): string {
  const adjective = ADJECTIVES[Math.floor(first * ADJECTIVES.length)] ?? ADJECTIVES[0];
  const noun = NOUNS[Math.floor(second * NOUNS.length)] ?? NOUNS[0];
  return `${adjective}-${noun}-${10 + Math.floor(third * 90)}`;
}
