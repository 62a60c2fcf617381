import { expect, it } from 'vitest';
import { sentence } from './sentence.ts';

it.each([
  ['there is no device group no-group', 'There is no device group no-group.'],
  [
    'the query cannot be understood at line 1, character 1, near "S": there is no device group with this id',
    'There is no device group with this id.',
  ],
  ['the query cannot be understood at its end (character 1): a series has a name', 'A series has a name.'],
])('makes a sentence of "%s"', (text, whole) => expect(sentence(text)).toBe(whole));
