import { expect, it } from 'vitest';
import { authorityValidity } from './authority-validity.ts';

const DAY = 86_400_000;
const now = Date.UTC(2030, 0, 1);

it.each([
  [-9 * DAY, -1, 'Expired', 'bad'],
  [DAY, 9 * DAY, 'Not valid yet', 'bad'],
  [-DAY, DAY / 2, 'Expires today', 'warn'],
  [-DAY, 1.5 * DAY, 'Expires in 1 day', 'warn'],
  [-DAY, 59.5 * DAY, 'Expires in 59 days', 'warn'],
  [-DAY, 60 * DAY, 'Valid', 'good'],
])('from %d to %d: %s', (from, to, text, tone) => {
  expect(authorityValidity(now + from, now + to, now)).toEqual({ text, tone });
});
