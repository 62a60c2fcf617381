import { expect, it } from 'vitest';
import { durableCommand } from './durable-command.ts';

it('says its name in a property, and a sign where it has no payload', () => {
  expect(durableCommand('motor*stop', null)).toMatchObject({ body: '@', properties: { 'method-name': 'motor*stop' } });
  expect(durableCommand('setLevel', 3).body).toBe('3');
});
