import type { Route } from '@viaduct/contracts';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventually, type RoutingUnderTest, recording, routingUnderTest } from './routing-under-test.ts';

/** What happens, in order: a message, or other routes. */
type Step =
  | { readonly kind: 'say'; readonly device: number; readonly level: number }
  | { readonly kind: 'save'; readonly routes: readonly Route[]; readonly isFallbackEnabled: boolean };

interface Said {
  readonly deviceId: string;
  readonly level: number;
  readonly body: string;
  readonly routes: readonly Route[];
  readonly isFallbackEnabled: boolean;
}

const ENDPOINTS = ['events', 'x', 'y'];
const levels = fc.integer({ min: 0, max: 3 });
const routes = fc.array(
  fc.record({
    level: levels,
    to: fc.uniqueArray(fc.constantFrom(...ENDPOINTS), { minLength: 1 }),
    isEnabled: fc.boolean(),
  }),
  { maxLength: 3 },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('say' as const), device: fc.integer({ min: 0, max: 3 }), level: levels }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ routes, isFallbackEnabled: fc.boolean() }).map(({ routes, isFallbackEnabled }) => ({
      kind: 'save' as const,
      isFallbackEnabled,
      routes: routes.map(({ level, to, isEnabled }, index) => ({
        ...{ name: `r${index}`, source: 'DeviceMessages' as const, condition: `as_number(level) >= ${level}` },
        ...{ endpointNames: to, isEnabled },
      })),
    })),
  },
);

/** By the book, one record at a time, each with the table it was said under. */
function wanted(said: readonly Said[], endpoint: string): string[] {
  return said
    .filter(({ level, routes, isFallbackEnabled }) => {
      const matching = routes.filter(({ isEnabled, condition }) => isEnabled && level >= Number(condition.at(-1)));
      if (matching.some(({ endpointNames }) => endpointNames.includes(endpoint))) return true;
      return endpoint === 'events' && matching.length === 0 && isFallbackEnabled;
    })
    .map(({ body }) => body);
}

/** In order of device, for devices of different partitions have none among them. */
function sorted(bodies: readonly string[]): string[] {
  return [...bodies].sort((a, b) => Number(a.split('#')[0]) - Number(b.split('#')[0]));
}

async function seen({ hub }: RoutingUnderTest, readBytes: number): Promise<string[]> {
  const bodies: string[] = [];
  for (let partition = 0; partition < hub.eventPartitions; partition++) {
    for (let at = 0; ; ) {
      const records = await hub.builtInView.read(partition, at, readBytes);
      const last = records.at(-1);
      if (last === undefined) break;
      bodies.push(...records.map(({ data }) => /n(\d+#\d+)$/.exec(data.toString('latin1'))?.[1] ?? ''));
      at = last.offset + 1;
    }
  }
  return bodies;
}

it('whoever reads whatever, whenever, gets what each record was routed to by the table of its time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 60 }),
      fc.integer({ min: 1, max: 400 }),
      async (steps, readBytes) => {
        const test = await routingUnderTest();
        try {
          await test.save({ endpoints: [recording('x'), recording('y')] });
          const said: Said[] = [];
          for (const step of steps) {
            const { routes, fallbackRoute } = test.hub.routing.current;
            if (step.kind === 'save') {
              await test.save({ routes: step.routes, fallbackRoute: { isEnabled: step.isFallbackEnabled } });
            } else {
              const [deviceId, body] = [`d${step.device}`, `${step.device}#${said.length}`];
              await test.say(deviceId, `n${body}`, `level=${step.level}`);
              said.push({ deviceId, level: step.level, body, routes, isFallbackEnabled: fallbackRoute.isEnabled });
            }
          }
          expect(sorted(await seen(test, readBytes))).toEqual(sorted(wanted(said, 'events')));
          for (const endpoint of ['x', 'y']) {
            await eventually(() =>
              expect(sorted(test.endpoints.bodies(endpoint).map((body) => body.slice(1)))).toEqual(
                sorted(wanted(said, endpoint)),
              ),
            );
          }
          const last = (partition: number) => test.hub.builtInView.bounds(partition).next - 1;
          await eventually(async () => {
            const ends = await Promise.all(
              [0, 1].map(
                async (partition) =>
                  (await test.hub.builtInView.read(partition, Math.max(0, last(partition)), 1)).at(-1)?.offset ?? -1,
              ),
            );
            expect(ends).toEqual([0, 1].map(last));
          });
        } finally {
          await test.hub.close();
        }
      },
    ),
    { numRuns: Number(process.env.VIADUCT_FUZZ_RUNS ?? 6) },
  );
}, 60_000);
