import { BUILT_IN_ENDPOINT, HubError, LIMITS, type Route, type RouteSource } from '@viaduct/contracts';
import type { RoutingVersion } from '../ports.ts';
import type { OnFault } from '../repeating-task.ts';
import type { RoutedMessage } from './endpoint.ts';
import { type CompiledEnrichment, compileEnrichment } from './enrichment.ts';
import { compileCondition, type RouteCondition } from './route-condition.ts';
import type { RoutedRecord } from './routed-record.ts';
import type { TwinCache } from './twin-cache.ts';

interface CompiledRoute {
  readonly source: RouteSource;
  /** Ids; the built-in endpoint's is its name. */
  readonly endpointIds: readonly string[];
  readonly condition: RouteCondition;
}

/** A table of routes that was saved once, read and ready to be asked for each record. */
export class CompiledRouting {
  readonly version: RoutingVersion;
  readonly #routes: readonly CompiledRoute[];
  readonly #enrichments: ReadonlyMap<string, readonly CompiledEnrichment[]>;
  readonly #byEndpoint = new Map<string, readonly CompiledRoute[]>();
  readonly #fallbackEnabled: boolean;
  readonly #keepsAllTelemetry: boolean;

  /** A condition that this release does not understand any more is told to `onFault` and takes nothing. */
  constructor(version: RoutingVersion, hubName: string, onFault: OnFault) {
    this.version = version;
    const ids = new Map([
      [BUILT_IN_ENDPOINT, BUILT_IN_ENDPOINT],
      ...Object.entries(version.endpointIds).map(([name, id]) => [name.toLowerCase(), id] as const),
    ]);
    const idsOf = (names: readonly string[]) => names.flatMap((name) => ids.get(name.toLowerCase()) ?? []);
    this.#routes = version.routes.flatMap((route) => {
      const condition = route.isEnabled ? conditionOf(route, onFault) : undefined;
      return condition === undefined
        ? []
        : [{ source: route.source, endpointIds: idsOf(route.endpointNames), condition }];
    });
    const enrichments = new Map<string, CompiledEnrichment[]>();
    for (const enrichment of version.enrichments) {
      const compiled = compileEnrichment(enrichment, hubName);
      for (const id of idsOf(enrichment.endpointNames)) enrichments.set(id, [...(enrichments.get(id) ?? []), compiled]);
    }
    this.#enrichments = enrichments;
    this.#fallbackEnabled = version.fallbackRoute.isEnabled;
    this.#keepsAllTelemetry = this.#readsAllTelemetry();
  }

  /** Whether the built-in endpoint is telemetry as it lies in the log: nothing taken away, nothing added. */
  get isPlain(): boolean {
    return this.#keepsAllTelemetry && !this.#enrichments.has(BUILT_IN_ENDPOINT);
  }

  /** Whether an endpoint gets records of this half of the log (ADR 0004) at all. */
  follows(endpointId: string, half: 'telemetry' | 'happenings'): boolean {
    return this.#routesTo(endpointId).some(({ source }) => (source === 'DeviceMessages') === (half === 'telemetry'));
  }

  /** Whether some route takes a record to an endpoint. No promise where no twin is read: most records are decided at once. */
  goesTo(endpointId: string, record: RoutedRecord, twins: TwinCache): boolean | Promise<boolean> {
    return someMatch(this.#routesTo(endpointId), record, twins);
  }

  /** Whether telemetry is seen at the built-in endpoint: by a route of its own, or because no route at all took it. */
  async isKept(record: RoutedRecord, twins: TwinCache): Promise<boolean> {
    if (this.#keepsAllTelemetry || (await this.goesTo(BUILT_IN_ENDPOINT, record, twins))) return true;
    if (!this.#fallbackEnabled) return false;
    return !(await someMatch(this.#routes, record, twins));
  }

  /** The properties that an endpoint's enrichments give a record. Digital twin changes get none, as in Azure. */
  async enrichmentsFor(
    endpointId: string,
    record: RoutedRecord,
    twins: TwinCache,
  ): Promise<Readonly<Record<string, string>>> {
    const enrichments = this.#enrichments.get(endpointId);
    if (enrichments === undefined || record.source === 'DigitalTwinChangeEvents') return NONE;
    if (enrichments.some(({ needsTwin }) => needsTwin)) await loadTwin(record, twins);
    return Object.fromEntries(enrichments.map(({ key, value }) => [key, value(record.twin)]));
  }

  #readsAllTelemetry(): boolean {
    const telemetry = this.#routes.filter(({ source }) => source === 'DeviceMessages');
    const toBuiltIn = telemetry.filter(({ endpointIds }) => endpointIds.includes(BUILT_IN_ENDPOINT));
    if (toBuiltIn.some(({ condition }) => condition.isAlwaysTrue)) return true;
    return this.#fallbackEnabled && toBuiltIn.length === telemetry.length;
  }

  #routesTo(endpointId: string): readonly CompiledRoute[] {
    const known = this.#byEndpoint.get(endpointId);
    if (known !== undefined) return known;
    const routes = this.#routes.filter(({ endpointIds }) => endpointIds.includes(endpointId));
    this.#byEndpoint.set(endpointId, routes);
    return routes;
  }
}

const NONE: Readonly<Record<string, string>> = {};

/** A message, and the record of the log that it was made of. */
export interface OutgoingMessage extends RoutedMessage {
  readonly record: Buffer;
}

/** A record with the enrichments of one endpoint; undefined when that makes it larger than a message may be. */
export function enriched(record: RoutedRecord, added: Readonly<Record<string, string>>): OutgoingMessage | undefined {
  const { partition, source, sender, system, decoded } = record;
  const { offset, enqueuedTime, data } = record.record;
  const application = added === NONE ? record.application : { ...record.application, ...added };
  const message = {
    partition,
    offset,
    enqueuedTime,
    source,
    ...sender,
    system,
    application,
    body: decoded.body,
    record: data,
  };
  return added === NONE || messageBytes(message, decoded.properties.system) <= LIMITS.TELEMETRY_BYTES_MAX
    ? message
    : undefined;
}

/** What Azure counts: body, values of the sender's system properties, names and values of application properties. */
function messageBytes({ body, application }: RoutedMessage, system: Readonly<Record<string, string>>): number {
  let bytes = body.length;
  for (const value of Object.values(system)) bytes += Buffer.byteLength(value);
  for (const [name, value] of Object.entries(application)) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}

function conditionOf(route: Route, onFault: OnFault): RouteCondition | undefined {
  try {
    return compileCondition(route.condition);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    onFault(new Error(`the condition of route "${route.name}" is not understood and takes nothing`, { cause: error }));
    return undefined;
  }
}

function someMatch(
  routes: readonly CompiledRoute[],
  record: RoutedRecord,
  twins: TwinCache,
): boolean | Promise<boolean> {
  for (const { source, condition } of routes) {
    if (source !== record.source) continue;
    if (condition.isAlwaysTrue) return true;
    // With the twin there, all is looked at again: what was false stays false.
    if (condition.needsTwin && !record.hasTwin)
      return loadTwin(record, twins).then(() => someMatch(routes, record, twins));
    if (condition.test(record) === true) return true;
  }
  return false;
}

async function loadTwin(record: RoutedRecord, twins: TwinCache): Promise<void> {
  if (!record.hasTwin) record.setTwin(await twins.find(record.sender));
}
