import { expect, it } from 'vitest';
import { AuthMethod, bodyStart, encodeRecord, Source } from '../../../core/record/record.ts';
import { EventTemplates } from './event-templates.ts';

const speaker = { deviceId: 'd', generationId: 'g', authMethod: AuthMethod.deviceKey, modelId: null };

function templates() {
  const made: Buffer[] = [];
  const cache = new EventTemplates((data) => {
    made.push(data);
    return { head: data, items: 0, tail: data };
  });
  const find = (bag: string) => {
    const data = encodeRecord(speaker, Source.telemetry, 0, bag, Buffer.from('body'));
    return cache.find(data, bodyStart(data));
  };
  return { made, find };
}

it('makes a template once, however often it is asked for among thousands of others', () => {
  const { made, find } = templates();
  const wanted = find('site=north');
  for (let i = 0; i < 5_000; i++) {
    find(`n=${i}`);
    if (i % 1_000 === 0) expect(find('site=north')).toBe(wanted);
  }
  expect(made).toHaveLength(5_001);
});

it('forgets what is not asked for, so that what devices send takes bounded memory', () => {
  const { made, find } = templates();
  find('site=north');
  for (let i = 0; i < 5_000; i++) find(`n=${i}`);
  find('site=north');
  expect(made).toHaveLength(5_002);
});

it('has none for long heads, and none for messages with an id', () => {
  const { made, find } = templates();
  expect(find(`k=${'x'.repeat(1_024)}`)).toBeUndefined();
  for (const bag of ['%24.mid=1', '$.mid=1&k=1', 'k=1&%24.cid=a']) expect(find(bag), bag).toBeUndefined();
  expect(made).toEqual([]);
  for (const bag of ['%24.uid=1', 'mid=1', 'acid=1']) expect(find(bag), bag).toBeDefined();
});
