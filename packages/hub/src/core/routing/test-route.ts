import {
  HubError,
  LIMITS,
  ROUTE_SOURCES,
  type Route,
  type RouteMatchCount,
  type RouteSource,
  type RouteTestResult,
  type SampleMessage,
  SYSTEM_PROPERTY_BY_BAG_KEY,
  type TextLocation,
} from '@viaduct/contracts';
import type { AppendsToLog, JsonObject } from '../ports.ts';
import { QueryRefusal } from '../query/query-refusal.ts';
import { AuthMethod, encodeRecord, Source, sourceOf } from '../record/record.ts';
import { ROUTE_SOURCE } from '../record/record-names.ts';
import type { RoutesRecords } from './built-in-view.ts';
import { compileCondition, type RouteCondition } from './route-condition.ts';
import { RoutedRecord } from './routed-record.ts';

const READ_BYTES = 262_144;
const SAMPLES_MAX = 10;
const SAMPLE_CHARACTERS_MAX = 200;

/** What a condition says of a message that somebody made up. */
export function testCondition(condition: string, source: RouteSource, message: SampleMessage): RouteTestResult {
  const compiled = readCondition(condition);
  if (compiled instanceof HubError)
    return { result: 'invalid', message: compiled.message, location: placeIn(condition, compiled) };
  const result = compiled.test(sampleRecord(source, message));
  return { result: result === undefined ? 'undefined' : result ? 'true' : 'false' };
}

/** Which of the routes that are saved would take a message that somebody made up. */
export function testAllRoutes(
  { routing }: RoutesRecords,
  source: RouteSource,
  message: SampleMessage,
): readonly Route[] {
  return routing.current.routes.filter(
    (route) =>
      route.isEnabled && route.source === source && testCondition(route.condition, source, message).result === 'true',
  );
}

/**
 * How many of the newest records a condition would have taken, read from the log itself.
 *
 * @throws HubError routing.invalid when the condition is none
 */
export async function countMatches(
  hub: AppendsToLog & RoutesRecords,
  condition: string,
  source: RouteSource,
  limit: number,
): Promise<RouteMatchCount> {
  const compiled = readCondition(condition);
  if (compiled instanceof HubError) throw new HubError('routing.invalid', compiled.message, { cause: compiled });
  const newest = await judgeNewest(hub, compiled, source, Math.min(limit, LIMITS.ROUTE_TEST_RECORDS_MAX));
  const samples = newest.flatMap(({ sample }) => sample ?? []);
  return { matched: samples.length, examined: newest.length, samples: samples.slice(0, SAMPLES_MAX) };
}

/** Out of JSON in the shape of Azure's management API. @throws HubError routing.invalid */
export function readSampleMessage(json: JsonObject): SampleMessage {
  const { body = '', appProperties, systemProperties } = (json.message ?? {}) as JsonObject;
  const { twin } = json;
  if (typeof body !== 'string') throw new HubError('routing.invalid', 'message.body is text');
  return {
    body,
    appProperties: texts(appProperties, 'message.appProperties'),
    systemProperties: texts(systemProperties, 'message.systemProperties'),
    ...(typeof twin === 'object' && twin !== null ? { twin } : {}),
  };
}

/** @throws HubError routing.invalid */
export function readSource(source: unknown): RouteSource {
  const found = ROUTE_SOURCES.find((each) => each === source);
  if (found !== undefined) return found;
  throw new HubError('routing.invalid', `the source is one of ${ROUTE_SOURCES.join(', ')}`);
}

function readCondition(text: string): RouteCondition | HubError {
  try {
    return compileCondition(text);
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
}

/** Of what is not understood, where it knows its place; else of all. */
function placeIn(text: string, refusal: HubError): TextLocation {
  const { offset, length } = refusal instanceof QueryRefusal ? refusal.at : { offset: 0, length: text.length };
  return { start: lineAndColumn(text, offset), end: lineAndColumn(text, offset + length) };
}

function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function texts(json: unknown, what: string): Readonly<Record<string, string>> {
  if (json === undefined || json === null) return {};
  if (
    typeof json === 'object' &&
    !Array.isArray(json) &&
    Object.values(json).every((value) => typeof value === 'string')
  ) {
    return json as Record<string, string>;
  }
  throw new HubError('routing.invalid', `${what} is an object of texts`);
}

/** A record that no log has, as its sender would have had it written. */
function sampleRecord(
  source: RouteSource,
  { body, appProperties, systemProperties, twin }: SampleMessage,
): RoutedRecord {
  const { connectionDeviceId = 'sample', connectionModuleId, ...system } = systemProperties;
  const speaker = {
    deviceId: connectionDeviceId,
    ...(connectionModuleId === undefined ? {} : { moduleId: connectionModuleId }),
    ...{ generationId: '', authMethod: AuthMethod.none, modelId: null },
  };
  const sourceByte = Object.values(Source).find((each) => ROUTE_SOURCE[each] === source) ?? Source.telemetry;
  // Its body is text already, so who does not say what it is means JSON in UTF-8.
  const bag = bagOf({ contentType: 'application/json', contentEncoding: 'utf-8', ...system }, appProperties);
  const data = encodeRecord(speaker, sourceByte, 0, bag, Buffer.from(body, 'utf8'));
  const record = new RoutedRecord(0, { offset: 0, enqueuedTime: 0, data });
  record.setTwin(twin as JsonObject | undefined);
  return record;
}

function bagOf(system: Readonly<Record<string, string>>, application: Readonly<Record<string, string>>): string {
  const known = Object.entries(SYSTEM_PROPERTY_BY_BAG_KEY).flatMap(([key, name]) => {
    const value = system[name];
    return value === undefined ? [] : [[key, value] as const];
  });
  const pairs = [...known, ...Object.entries(application)];
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

interface Judged {
  readonly enqueuedTime: number;
  readonly offset: number;
  /** Undefined when it did not match. */
  readonly sample: RouteMatchCount['samples'][number] | undefined;
}

/** Newest first. Of a record only what is told is kept: thousands of the largest would not fit in memory. */
async function judgeNewest(
  hub: AppendsToLog & RoutesRecords,
  condition: RouteCondition,
  source: RouteSource,
  limit: number,
): Promise<readonly Judged[]> {
  const { log, eventPartitions } = hub;
  const from = source === 'DeviceMessages' ? 0 : eventPartitions;
  const judged: Judged[] = [];
  for (let partition = from; partition < from + eventPartitions; partition++) {
    const { first, next } = log.bounds(partition);
    // The newest of all may be in this partition, as many as are asked for.
    let at = Math.max(first, next - limit);
    while (at < next) {
      const records = await log.read(partition, at, READ_BYTES);
      for (const record of records) {
        if (ROUTE_SOURCE[sourceOf(record.data)] === source)
          judged.push(await judge(hub, condition, new RoutedRecord(partition, record)));
      }
      at = (records.at(-1)?.offset ?? next) + 1;
    }
  }
  return judged.sort((a, b) => b.enqueuedTime - a.enqueuedTime || b.offset - a.offset).slice(0, limit);
}

async function judge({ twinCache }: RoutesRecords, condition: RouteCondition, routed: RoutedRecord): Promise<Judged> {
  if (condition.needsTwin) routed.setTwin(await twinCache.find(routed.sender));
  const { offset, enqueuedTime } = routed.record;
  return { enqueuedTime, offset, sample: condition.test(routed) === true ? sampleOf(routed) : undefined };
}

function sampleOf({ sender, record, decoded }: RoutedRecord): RouteMatchCount['samples'][number] {
  const bodyText = decoded.body.subarray(0, SAMPLE_CHARACTERS_MAX).toString('utf8');
  return { deviceId: sender.deviceId, enqueuedTime: record.enqueuedTime, bodyText };
}
