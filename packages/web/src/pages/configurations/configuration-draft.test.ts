import { describe, expect, it } from 'vitest';
import { isConfigurationId, trialOf } from './configuration-draft.ts';

const draft = {
  id: 'north',
  content: '{"deviceContent":{"properties.desired.a":1}}',
  targetCondition: " tags.site = 'n' ",
  priority: 1,
  labels: [],
  metrics: [['on', 'SELECT deviceId FROM devices'] as const, ['', 'left out'] as const],
};

describe('trialOf', () => {
  it('asks for what is typed', () => {
    expect(trialOf(draft)).toEqual({
      content: { deviceContent: { 'properties.desired.a': 1 } },
      targetCondition: "tags.site = 'n'",
      metrics: { on: 'SELECT deviceId FROM devices' },
    });
  });

  it.each(['', '{', '[]', 'null', '3'])('asks nothing while the content is no object: %s', (content) => {
    expect(trialOf({ ...draft, content })).toBeUndefined();
  });
});

describe('isConfigurationId', () => {
  it('has lower case only', () => {
    expect(['north-1', "a'b", 'x'.repeat(128)].every(isConfigurationId)).toBe(true);
    expect(['North', '', 'a b', 'x'.repeat(129)].some(isConfigurationId)).toBe(false);
  });
});
