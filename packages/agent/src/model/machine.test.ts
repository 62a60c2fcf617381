import { readFileSync } from 'node:fs';
import { isDtmi } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { describeMachine } from '../describe-machine.ts';
import { MODEL_ID } from '../device-session.ts';
import { blink } from '../method/blink.ts';
import { diagnose, ErrorMemory } from '../method/diagnose.ts';
import { type MachineSample, MachineSampler } from '../sample-machine.ts';

const agentCopy = new URL('./machine.json', import.meta.url);
const serverCopy = new URL('../../../central/models/dtmi/viaduct/machine-1.json', import.meta.url);

interface Content {
  readonly '@type': string | readonly string[];
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly schema?: unknown;
  readonly unit?: string;
  readonly writable?: boolean;
  readonly response?: { readonly schema: unknown };
}

const model: { '@id': string; contents: readonly Content[] } = JSON.parse(readFileSync(agentCopy, 'utf8'));
const ofType = (type: string) => model.contents.filter((content) => [content['@type']].flat().includes(type));

/** Every key path of a JSON value; array elements as `[]`. */
function paths(value: unknown, at = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((element) => paths(element, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [`${at}:${typeof value}`];
  return Object.entries(value).flatMap(([key, inner]) => paths(inner, `${at}.${key}`));
}

/** Whether a DTDL schema has a place for the path. */
function admits(schema: unknown, path: string): boolean {
  if (typeof schema === 'string') {
    const type = { double: 'number', integer: 'number', boolean: 'boolean' }[schema] ?? 'string';
    return path === `:${type}`;
  }
  const complex = schema as { '@type': string; fields?: Content[]; mapValue?: Content; elementSchema?: unknown };
  const [, key = '', rest = ''] = /^\.([^.:[]+)(.*)$/.exec(path) ?? [];
  if (complex['@type'] === 'Map') return key !== '' && admits(complex.mapValue?.schema, rest);
  if (complex['@type'] === 'Array') return path.startsWith('[]') && admits(complex.elementSchema, path.slice(2));
  return admits(complex.fields?.find((field) => field.name === key)?.schema, rest);
}

function strangers(contents: readonly Content[], value: unknown): readonly string[] {
  const schema = { '@type': 'Object', fields: contents };
  return paths(value).filter((path) => !admits(schema, path));
}

const everything: Required<Pick<MachineSample, 'temperatures' | 'networkReceiveRate' | 'networkTransmitRate'>> = {
  temperatures: { coretemp_Package_id_0: 48.5 },
  networkReceiveRate: 1.5,
  networkTransmitRate: 0.25,
};

describe('the model of the machine', () => {
  it('is the same document on the server and on the device', () => {
    expect(readFileSync(serverCopy, 'utf8')).toBe(readFileSync(agentCopy, 'utf8'));
  });

  it('has the identifier that the agent announces', () => {
    expect(model['@id']).toBe(MODEL_ID);
    expect(isDtmi(model['@id'])).toBe(true);
  });

  it('has a place for every key path that a sample sends', async () => {
    const sample = { ...(await new MachineSampler().sample()), ...everything };
    expect(strangers(ofType('Telemetry'), sample)).toEqual([]);
  });

  it('promises no telemetry that is never sent', async () => {
    const sample = { ...(await new MachineSampler().sample()), ...everything };
    expect(Object.keys(sample).sort()).toEqual(
      ofType('Telemetry')
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('describes exactly the properties that are reported, and one that may be written', async () => {
    const reported = { ...(await describeMachine()), telemetryIntervalSeconds: 1 };
    expect(strangers(ofType('Property'), reported)).toEqual([]);
    expect(Object.keys(reported).sort()).toEqual(
      ofType('Property')
        .map(({ name }) => name)
        .sort(),
    );
    expect(ofType('Property').filter(({ writable }) => writable === true)).toMatchObject([
      { name: 'telemetryIntervalSeconds' },
    ]);
  });

  it('describes what each command answers', async () => {
    const errors = new ErrorMemory();
    errors.keep(new TypeError('broken'), new Date(0));
    const facts = {
      statistics: { waiting: 0, sent: 1, failed: 0, dropped: 0 },
      errors,
      sessions: 1,
      intervalSeconds: 1,
    };
    const answers: Record<string, unknown> = {
      blink: await blink({ ledFolder: '/nowhere', isTerminal: false, write: () => undefined, pauseMs: 0 }),
      setInterval: { seconds: 2.5 },
      diagnose: diagnose(facts),
    };
    expect(ofType('Command').map(({ name }) => name)).toEqual(Object.keys(answers));
    for (const command of ofType('Command')) {
      const stray = paths(answers[command.name]).filter((path) => !admits(command.response?.schema, path));
      expect(stray, command.name).toEqual([]);
    }
  });

  it('names everything for people, and gives a unit to all that has a semantic type', () => {
    for (const content of model.contents) {
      expect(content.displayName, content.name).toBeTruthy();
      expect(content.description, content.name).toBeTruthy();
      expect(Array.isArray(content['@type']), content.name).toBe(content.unit !== undefined);
    }
  });
});
