import { describe, expect, it } from 'vitest';
import { completeQuery } from './complete-query.ts';

const vocabulary = {
  sources: ['devices', 'devices.modules', 'devices.jobs'],
  keywords: ['SELECT', 'FROM', 'WHERE'],
  functions: [{ name: 'STARTS_WITH', argumentsMin: 2, argumentsMax: 2 }],
  aggregates: ['COUNT'],
  fields: ['deviceId', 'tags'],
  paths: [{ path: 'tags.site', types: ['string' as const] }],
};

/** `|` is where the cursor is. */
function complete(marked: string) {
  const position = marked.indexOf('|');
  const found = completeQuery(vocabulary, marked.replace('|', ''), position);
  return found === null ? null : { from: found.from, labels: found.options.map(({ label }) => label) };
}

describe('completeQuery', () => {
  it('offers sources after FROM, and only them', () => {
    expect(complete('SELECT * FROM |')).toEqual({ from: 14, labels: vocabulary.sources });
    expect(complete('select * from dev|')).toEqual({ from: 14, labels: vocabulary.sources });
  });

  it('offers fields, paths of the fleet, functions and keywords elsewhere', () => {
    expect(complete('SELECT |')).toEqual({
      from: 7,
      labels: ['deviceId', 'tags', 'tags.site', 'STARTS_WITH', 'COUNT', 'SELECT', 'FROM', 'WHERE'],
    });
  });

  it('offers whole paths where one has begun', () => {
    expect(complete('SELECT * FROM devices WHERE tags.si|')).toEqual({ from: 28, labels: ['tags.site'] });
  });

  it('offers nothing within a text', () => {
    expect(complete("SELECT * FROM devices WHERE tags.site = 'no|")).toBeNull();
    expect(complete(`SELECT * FROM devices WHERE a = "it's" AND |`)).not.toBeNull();
    expect(complete("SELECT * FROM devices WHERE a = 'it\\'s |")).toBeNull();
  });
});
