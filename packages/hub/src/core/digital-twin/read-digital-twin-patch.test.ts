import { describe, expect, it } from 'vitest';
import { newTwin } from '../twin/new-twin.ts';
import { readDigitalTwinPatch } from './read-digital-twin-patch.ts';

describe('readDigitalTwinPatch', () => {
  const empty = newTwin({ deviceId: 'd1' });
  const twin = { ...empty, desired: { ...empty.desired, values: { known: 1, led: { __t: 'c', on: true } } } };

  it.each<[string, unknown]>([
    ['digitalTwin.patchMalformed', { op: 'add', path: '/x', value: 1 }],
    ['digitalTwin.patchMalformed', [7]],
    ['digitalTwin.patchMalformed', [{ op: 'move', path: '/x', from: '/y' }]],
    ['digitalTwin.patchMalformed', [{ op: 'add', value: 1 }]],
    ['digitalTwin.patchMalformed', [{ op: 'add', path: '/x' }]],
    ['digitalTwin.patchMalformed', [{ op: 'add', path: '/x', value: null }]],
    ['digitalTwin.patchMalformed', Array.from({ length: 513 }, () => ({ op: 'add', path: '/x', value: 1 }))],
    ['digitalTwin.pathInvalid', [{ op: 'add', path: '', value: {} }]],
    ['digitalTwin.pathInvalid', [{ op: 'add', path: 'x', value: 1 }]],
    ['digitalTwin.pathInvalid', [{ op: 'add', path: '/', value: 1 }]],
    ['digitalTwin.pathInvalid', [{ op: 'add', path: '/a/b/c', value: 1 }]],
    ['digitalTwin.pathInvalid', [{ op: 'replace', path: '/$metadata/$model', value: 'dtmi:a:b;1' }]],
    ['digitalTwin.pathInvalid', [{ op: 'add', path: '/known/inner', value: 1 }]],
    ['digitalTwin.pathInvalid', [{ op: 'add', path: '/led/__t', value: 'c' }]],
    ['digitalTwin.patchInvalid', [{ op: 'remove', path: '/nothing' }]],
    ['digitalTwin.patchInvalid', [{ op: 'remove', path: '/led/nothing' }]],
    ['digitalTwin.patchInvalid', [{ op: 'replace', path: '/nothing', value: 1 }]],
    ['digitalTwin.patchInvalid', [{ op: 'replace', path: '/led', value: { on: false } }]],
    ['digitalTwin.patchInvalid', [{ op: 'add', path: '/known', value: { $metadata: {} } }]],
  ])('refuses with %s: %j', (code, patch) => {
    expect(() => readDigitalTwinPatch(patch, twin)).toThrow(expect.objectContaining({ code }));
  });
});
