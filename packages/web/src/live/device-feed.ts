import type { LatestValue, LiveEvent, LiveTelemetry, ModelSummary, Refusal } from '@viaduct/contracts';
import { ModelIndex } from '../model/model-index.ts';
import { ChartBuffer } from './chart-buffer.ts';
import { type LiveChart, LiveField, type LiveTrail } from './live-field.ts';
import { OffsetGate } from './offset-gate.ts';
import { type Place, placeReading } from './place-reading.ts';
import { geoPointOf, readBody } from './read-body.ts';
import { topValues } from './top-values.ts';
import { ValueTrail } from './value-trail.ts';

/**
 * Of one device. Of more distinct names, those that were not heard for longest go, and never what the model knows before what it does not;
 * everything is among the raw messages.
 */
export const FIELDS_PER_DEVICE_MAX = 300;
const CHARTS_PER_DEVICE_MAX = 300;
const TRAILS_PER_DEVICE_MAX = 300;
/** Raw messages kept for the table, by number and by size of their bodies; older ones go first. */
export const RAW_MESSAGES_MAX = 2_000;
export const RAW_BYTES_MAX = 16 * 1_048_576;

/**
 * What the page knows of one device since it began to listen.
 *
 * 1. A record is counted once, however often the stream repeats it.
 * 2. What modules of the device say is among the raw messages only, unless the feed is of a module: then nothing else is.
 * 3. Memory is bounded: fields, charts, lines, points, trails and raw messages each by a name above, in chart-buffer.ts or value-trail.ts.
 * 4. Taking an event only stores it; `onChange` tells that something can be drawn, and drawing is the page's affair.
 */
export class DeviceFeed {
  readonly charts = new Map<string, LiveChart>();
  readonly trails = new Map<string, LiveTrail>();
  /** What stands at the top of bodies, by `component/name`, in the order in which it was first seen. */
  readonly fields = new Map<string, LiveField>();
  /** Changes when there is a field, a chart or a trail that was not there. */
  shape = 0;
  /** Oldest first. */
  readonly messages: LiveTelemetry[] = [];
  readonly refusals: Refusal[] = [];
  presence: { readonly connected: boolean; readonly at: string; readonly reason: string | null } | null = null;
  isCaughtUp = false;
  /** Of the oldest message that was heard, ms. */
  firstAtMs: number | null = null;
  /** Messages since listening began, history included. */
  messageCount = 0;
  /** Messages that came live, after the history. */
  liveCount = 0;
  version = 0;

  readonly #deviceId: string;
  readonly #moduleId: string | null;
  #rawBytes = 0;
  readonly #index: ModelIndex;
  readonly #onChange: () => void;
  readonly #gate = new OffsetGate();

  constructor(deviceId: string, model: ModelSummary | null, onChange: () => void, moduleId: string | null = null) {
    this.#deviceId = deviceId;
    this.#moduleId = moduleId;
    this.#index = new ModelIndex(model);
    this.#onChange = onChange;
  }

  take(event: LiveEvent): void {
    switch (event.kind) {
      case 'telemetry':
        if (event.deviceId !== this.#deviceId) return;
        this.#takeTelemetry(event);
        break;
      case 'presence':
        if (event.deviceId !== this.#deviceId) return;
        this.presence = event;
        break;
      case 'refusal':
        if (event.deviceId !== this.#deviceId) return;
        this.#takeRefusal(event.refusal);
        break;
      case 'caughtUp':
        this.isCaughtUp = true;
        break;
      case 'tick':
      case 'attempts':
        break;
      case 'twin':
      case 'registry':
        return;
      default:
        event satisfies never;
    }
    this.version += 1;
    this.#onChange();
  }

  #takeTelemetry(message: LiveTelemetry): void {
    if (!this.#gate.admits(message.partition, message.offset)) return;
    if (this.#moduleId !== null && message.moduleId !== this.#moduleId) return;
    this.messageCount += 1;
    if (this.isCaughtUp) this.liveCount += 1;
    this.messages.push(message);
    this.#rawBytes += message.bodyBytes;
    if (this.messages.length > RAW_MESSAGES_MAX * 1.25 || this.#rawBytes > RAW_BYTES_MAX * 1.25) this.#forgetMessages();
    if (message.moduleId === this.#moduleId && message.body.kind === 'json') this.#chart(message, message.body.value);
  }

  /** A quarter at a time: moving everything up at each message would cost more than it keeps. */
  #forgetMessages(): void {
    let count = Math.max(0, this.messages.length - RAW_MESSAGES_MAX);
    let bytes = this.#rawBytes;
    this.messages.forEach(({ bodyBytes }, index) => {
      if (index < count || bytes > RAW_BYTES_MAX) {
        bytes -= bodyBytes;
        count = Math.max(count, index + 1);
      }
    });
    this.messages.splice(0, count);
    this.#rawBytes = bytes;
  }

  /**
   * What the history knows of the device: fields are there with their last values, though nothing was said since the page listens. What was
   * heard meanwhile is newer, and stays.
   */
  seed(values: readonly LatestValue[]): void {
    const newestFirst = topValues(values, this.#moduleId).toSorted((a, b) => b.atMs - a.atMs);
    for (const { component, name, value, atMs } of newestFirst) {
      const field = this.#fieldOf(component, name, atMs);
      if (field === undefined || field.lastAtMs !== null) continue;
      field.know(atMs, value);
      for (const reading of readBody({ [name]: value })) {
        const place = placeReading(reading, component, this.#index);
        if (place.kind === 'chart') this.#lineOf(place, field)?.buffer.declare(place.line);
        else this.#trailOf(place, field)?.trail.append(atMs, place.value);
      }
    }
    this.version += 1;
    this.#onChange();
  }

  #chart(message: LiveTelemetry, body: unknown): void {
    const atMs = Date.parse(message.enqueuedTime);
    this.firstAtMs ??= atMs;
    const rows = new Map<LiveChart, Map<string, number>>();
    for (const [name, value] of topOf(body)) this.#fieldOf(message.component, name, atMs)?.note(atMs, value);
    for (const reading of readBody(body)) {
      const place = placeReading(reading, message.component, this.#index);
      const field = this.fields.get(`${message.component ?? ''}/${reading.path[0]}`);
      if (field === undefined) continue;
      if (place.kind === 'trail') {
        this.#trailOf(place, field)?.trail.append(atMs, place.value);
        continue;
      }
      const chart = this.#lineOf(place, field);
      if (chart === null) continue;
      const row = rows.get(chart) ?? new Map<string, number>();
      rows.set(chart, row.set(place.line, place.value));
    }
    for (const [chart, row] of rows) chart.buffer.append(atMs / 1_000, row);
  }

  #lineOf(place: Extract<Place, { kind: 'chart' }>, field: LiveField): LiveChart | null {
    const chart = this.#chartOf(place, field);
    if (chart !== null && !chart.lineTitles.has(place.line)) {
      chart.lineTitles.set(place.line, place.lineTitle);
      chart.linePaths.set(place.line, place.linePath);
    }
    return chart;
  }

  #fieldOf(component: string | null, name: string, atMs: number): LiveField | undefined {
    const key = `${component ?? ''}/${name}`;
    const known = this.fields.get(key);
    if (known !== undefined) return known;
    if (this.fields.size >= FIELDS_PER_DEVICE_MAX && !this.#makeRoom(atMs, this.#index.has(component, name))) return;
    const field = new LiveField(key, component, name);
    this.fields.set(key, field);
    this.shape += 1;
    return field;
  }

  /** Forgets the field that was not heard for longest, if that is longer ago, or what comes is of the model and it is not. */
  #makeRoom(atMs: number, isModelled: boolean): boolean {
    let oldest: LiveField | undefined;
    for (const field of this.fields.values()) {
      if (this.#index.has(field.component, field.name)) continue;
      if (oldest === undefined || (field.lastAtMs ?? 0) < (oldest.lastAtMs ?? 0)) oldest = field;
    }
    if (oldest === undefined || (!isModelled && (oldest.lastAtMs ?? 0) >= atMs)) return false;
    this.fields.delete(oldest.key);
    for (const { key } of oldest.charts) this.charts.delete(key);
    for (const { key } of oldest.trails) this.trails.delete(key);
    return true;
  }

  #chartOf(place: Extract<Place, { kind: 'chart' }>, field: LiveField): LiveChart | null {
    const known = this.charts.get(place.chartKey);
    if (known !== undefined) return known;
    if (this.charts.size >= CHARTS_PER_DEVICE_MAX) return null;
    const { chartKey: key, title, measure, order } = place;
    const chart = {
      key,
      title,
      measure,
      order,
      buffer: new ChartBuffer(),
      lineTitles: new Map(),
      linePaths: new Map(),
    };
    this.charts.set(key, chart);
    field.charts.push(chart);
    this.shape += 1;
    return chart;
  }

  #trailOf({ key, path, title }: Extract<Place, { kind: 'trail' }>, field: LiveField): LiveTrail | undefined {
    const known = this.trails.get(key);
    if (known !== undefined || this.trails.size >= TRAILS_PER_DEVICE_MAX) return known;
    const trail = { key, path, title, trail: new ValueTrail() };
    this.trails.set(key, trail);
    field.trails.push(trail);
    this.shape += 1;
    return trail;
  }

  /** The server counts repetitions; the newest telling of the same refusal replaces the former. */
  #takeRefusal(refusal: Refusal): void {
    const former = this.refusals.findIndex((other) => other.code === refusal.code && other.firstAt === refusal.firstAt);
    if (former >= 0) this.refusals.splice(former, 1);
    this.refusals.unshift(refusal);
    this.refusals.length = Math.min(this.refusals.length, 20);
  }
}

/** A body that is no object is telemetry of the name that `readBody` gives it. */
function topOf(body: unknown): readonly (readonly [string, unknown])[] {
  if (body === null) return [];
  if (typeof body !== 'object' || geoPointOf(body) !== null) return [['value', body]];
  return Object.entries(body).slice(0, FIELDS_PER_DEVICE_MAX);
}
