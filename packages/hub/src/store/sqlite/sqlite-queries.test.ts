import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeStatuses } from '../../core/configuration/describe-statuses.ts';
import type { ConfigurationStatus, JsonObject } from '../../core/ports.ts';
import { evaluate, valueAt } from '../../core/query/evaluate.ts';
import {
  type Constant,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  type Query,
} from '../../core/query/expression.ts';
import { parseQuery } from '../../core/query/parse-query.ts';
import { writeExpression } from '../../core/query/write-expression.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { getDevice } from '../../core/registry/get-device.ts';
import { getTwin } from '../../core/twin/get-twin.ts';
import { serviceTwinDocument } from '../../core/twin/twin-document.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';

const KEYS = ['a', 'b', 'A', 'order', 'c d', 'ключ', 'q"u\\o', 'x.y', '😀'];
const SCALARS: Constant[] = [
  ...[0, 1, -1, 2, 1.5, -0.25, 1e-7, 123456789012, 4503599627370495, -4503599627370496, 1.7976931348623157e308, 5e-324],
  ...[
    '',
    'a',
    'A',
    'ab',
    'abc',
    'b',
    'é',
    'É',
    'ß',
    'straße',
    '😀',
    '\u{ffff}',
    'x😀y',
    '1',
    '-1.5e2',
    ' 1',
    'true',
    'null',
    '{"a":1}',
    "o'clock",
    '%',
  ],
  ...[true, false, null],
];

const scalar = fc.constantFrom(...SCALARS);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: scalar, weight: 6 },
    { arbitrary: fc.array(tie('json'), { maxLength: 3 }), weight: 1 },
    { arbitrary: fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 4 }), weight: 2 },
  ),
}));
const section = fc.dictionary(fc.constantFrom(...KEYS), json as fc.Arbitrary<unknown>, { minKeys: 2, maxKeys: 9 });

const step = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<string | number>(...KEYS) },
  { weight: 1, arbitrary: fc.nat(2) },
);
const field = fc.constantFrom(
  ...[['deviceId'], ['moduleId'], ['status'], ['statusReason'], ['connectionState'], ['lastActivityTime']],
  ...[['statusUpdateTime'], ['version'], ['etag'], ['deviceEtag'], ['authenticationType'], ['modelId'], ['tags']],
  ...[['cloudToDeviceMessageCount'], ['capabilities'], ['capabilities', 'iotEdge'], ['x509Thumbprint']],
  ...[
    ['configurations'],
    ['configurations', 'c1'],
    ['configurations', "o'clock", 'status'],
    ['configurations', 'c1', 'status'],
  ],
  ...[['x509Thumbprint', 'primaryThumbprint'], ['parentScopes'], ['deviceScope'], ['properties']],
  ...[
    ['properties', 'desired'],
    ['properties', 'desired', '$version'],
    ['properties', 'reported', '$metadata', '$lastUpdated'],
  ],
);
const steps = fc.oneof(
  { weight: 1, arbitrary: field },
  ...[['tags'], ['properties', 'desired'], ['properties', 'reported']].map((root) => ({
    weight: 3,
    arbitrary: fc.array(step, { minLength: 1, maxLength: 3 }).map((inner) => [...root, ...inner]),
  })),
);
const path = steps.map(
  (found): Expression => ({ kind: 'path', scope: 'field', steps: found, at: { offset: 0, length: 0 } }),
);

/** Results of these differ in the last bit from one library to another, so nothing is compared with them. */
const INEXACT: ReadonlySet<FunctionName> = new Set(['EXP', 'POWER', 'SQUARE']);

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const inner = tie('expression') as fc.Arbitrary<Expression>;
  const constant = fc
    .oneof({ weight: 9, arbitrary: scalar }, { weight: 1, arbitrary: fc.constant(undefined) })
    .map((value): Expression => ({ kind: 'constant', value }));
  const call = fc
    .constantFrom(...(Object.keys(FUNCTIONS) as FunctionName[]))
    .filter((name) => !INEXACT.has(name))
    .chain((name) => {
      const [min, max] = FUNCTIONS[name];
      return fc
        .array(inner, { minLength: min, maxLength: Math.min(max, 3) })
        .map((args): Expression => ({ kind: 'call', name, args }));
    });
  const comparison = fc.record({
    kind: fc.constant('comparison' as const),
    operator: fc.constantFrom('=' as const, '!=', '<', '<=', '>', '>='),
    left: inner,
    right: inner,
  });
  const arithmetic = fc.record({
    kind: fc.constant('arithmetic' as const),
    operator: fc.constantFrom('+' as const, '-', '*', '/', '%'),
    left: inner,
    right: inner,
  });
  const logic = fc.record({
    kind: fc.constantFrom('and' as const, 'or' as const),
    operands: fc.array(inner, { minLength: 2, maxLength: 4 }),
  });
  const not = fc.record({ kind: fc.constant('not' as const), operand: inner });
  // A signed constant is a constant.
  const negative = fc.record({ kind: fc.constant('negative' as const), operand: path as fc.Arbitrary<Expression> });
  const among = fc.record({
    kind: fc.constant('in' as const),
    operand: inner,
    items: fc.array(scalar, { minLength: 1, maxLength: 4 }),
  });
  return {
    expression: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      { weight: 4, arbitrary: path },
      { weight: 3, arbitrary: constant },
      { weight: 5, arbitrary: comparison },
      { weight: 3, arbitrary: call },
      { weight: 2, arbitrary: logic },
      { weight: 1, arbitrary: arithmetic },
      { weight: 1, arbitrary: not },
      { weight: 1, arbitrary: negative },
      { weight: 2, arbitrary: among },
    ) as fc.Arbitrary<Expression>,
  };
});

let hub: TemporaryHub;
let documents: JsonObject[];

beforeAll(async () => {
  hub = await temporaryHub();
  const sections = fc.sample(section, { seed: 7, numRuns: 90 }) as JsonObject[];
  for (let i = 0; i < 30; i++) {
    const status = i % 3 === 0 ? ({ status: 'disabled', statusReason: `why ${i}` } as const) : {};
    await createDevice(hub, { deviceId: `d${i}` }, { ...status, capabilities: { iotEdge: i % 4 === 0 } });
    const twin = await getTwin(hub, { deviceId: `d${i}` });
    const [tags = {}, desired = {}, reported = {}] = sections.slice(3 * i, 3 * i + 3);
    const changed = {
      ...twin,
      tags,
      desired: { ...twin.desired, values: desired, version: i },
      reported: { ...twin.reported, values: reported },
      revision: twin.revision + 1,
    };
    // Not through patchTwin, for a null would remove there; in arrays, and of earlier versions, nulls are stored.
    expect(await hub.twins.save(changed, twin.revision)).toBe(true);
  }
  await hub.registry.savePresence([
    { deviceId: 'd3', connected: true, connectionStateUpdatedTime: 5, lastActivityTime: 1_700_000_000_123 },
  ]);
  const states = Array.from({ length: 30 }, (_, i) => ({
    deviceId: `d${i}`,
    statuses: statusesOf(i),
    owned: [],
    ownedByEdge: [],
  }));
  await hub.configurationStates.save(states);
  documents = await Promise.all(Array.from({ length: 30 }, (_, i) => documentOf(`d${i}`)));
});
afterAll(() => hub.close());

describe('a query in SQL', () => {
  it('selects what the naive evaluator selects, whatever the types', async () => {
    await fc.assert(
      fc.asyncProperty(expression, async (where) => {
        const expected = documents.filter((document) => evaluateOn(where, document) === true);
        const page = await hub.queries.query({ ...EVERYTHING, where }, { limit: 1_000 });
        expect(page.items.map(({ deviceId }) => deviceId)).toEqual(expected.map(({ deviceId }) => deviceId).sort());
      }),
      { numRuns: RUNS },
    );
  });

  it('projects what the naive evaluator computes', async () => {
    await fc.assert(
      fc.asyncProperty(expression, async (value) => {
        const page = await hub.queries.query({ ...EVERYTHING, columns: [{ name: 'x', value }, ID] }, { limit: 1_000 });
        for (const { x, id } of page.items) {
          const document = documents.find(({ deviceId }) => deviceId === id) ?? {};
          expect(x).toEqual(plain(evaluateOn(value, document)));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('is read from text as it was written', () => {
    fc.assert(
      fc.property(expression, (where) => {
        const text = `SELECT * FROM devices WHERE ${writeExpression(where)}`;
        fc.pre(text.length <= 8_192);
        expect(withoutPlaces(parseQuery(text).where)).toEqual(withoutPlaces(where));
      }),
      { numRuns: RUNS },
    );
  });

  it('tells of a device what its twin tells', async () => {
    const { items, itemType } = await hub.queries.query(parseQuery('SELECT * FROM devices'), { limit: 1_000 });
    expect(itemType).toBe('Twin');
    expect([...items].sort(byId)).toEqual([...documents].sort(byId));
  });
});

const RUNS = Number(process.env.VIADUCT_FUZZ_RUNS ?? 400);
const EVERYTHING: Query = {
  ...{ text: '', source: 'devices', top: null, columns: null, where: null, groupBy: [], orderBy: [] },
};
const ID = {
  name: 'id',
  value: { kind: 'path', scope: 'field', steps: ['deviceId'], at: { offset: 0, length: 0 } },
} as const;

async function documentOf(deviceId: string): Promise<JsonObject> {
  // Presence as it is stored: who is connected this moment is written a second later.
  const presence = await hub.registry.findPresence({ deviceId });
  const device = { ...(await getDevice(hub, { deviceId })), ...presence };
  return serviceTwinDocument(await getTwin(hub, { deviceId }), device, {
    cloudToDeviceMessageCount: 0,
    configurations: await describeStatuses(hub, { deviceId }),
  });
}

/** Some have none, some one, some two. */
function statusesOf(i: number): ConfigurationStatus[] {
  const statuses: ConfigurationStatus[] = [
    { configurationId: 'c1', status: i % 2 === 0 ? 'Applied' : 'Targeted', reason: null },
    { configurationId: "o'clock", status: 'Targeted', reason: 'why' },
  ];
  return statuses.slice(0, i % 3);
}

function evaluateOn(what: Expression, document: JsonObject): unknown {
  return evaluate(what, ({ steps: found }) => valueAt(document, found));
}

/** As JSON has it: no negative zero. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function withoutPlaces(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) => (key === 'at' ? undefined : inner === undefined ? 'undefined' : inner)),
  );
}

function byId(left: JsonObject, right: JsonObject): number {
  return String(left.deviceId) < String(right.deviceId) ? -1 : 1;
}
