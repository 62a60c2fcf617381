import type { LiveEvent, LiveTelemetry, ModelSummary, Refusal } from '@viaduct/contracts';
import { ModelIndex } from '../model/model-index.ts';
import { ChartBuffer } from './chart-buffer.ts';
import { OffsetGate } from './offset-gate.ts';
import { type Place, placeReading } from './place-reading.ts';
import { readBody } from './read-body.ts';

/** Charts of one device; telemetry with more distinct groups than this is seen among the raw messages. */
const CHARTS_PER_DEVICE_MAX = 100;
const LAST_VALUES_MAX = 200;
/** Raw messages kept for the table; older ones go first. */
export const RAW_MESSAGES_MAX = 2_000;

export interface LiveChart {
  readonly key: string;
  readonly title: string;
  readonly unit: string | null;
  readonly order: number;
  readonly isBoolean: boolean;
  readonly buffer: ChartBuffer;
  readonly lineTitles: Map<string, string>;
}

export interface LastValue {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly at: string;
}

/**
 * What the page knows of one device since it began to listen.
 *
 * 1. A record is counted once, however often the stream repeats it.
 * 2. Memory is bounded: charts, lines, points, last values and raw messages each by a name above or in chart-buffer.ts.
 * 3. Taking an event only stores it; `onChange` tells that something can be drawn, and drawing is the page's affair.
 */
export class DeviceFeed {
  readonly charts = new Map<string, LiveChart>();
  readonly lastValues = new Map<string, LastValue>();
  /** Oldest first. */
  readonly messages: LiveTelemetry[] = [];
  readonly refusals: Refusal[] = [];
  presence: { readonly connected: boolean; readonly at: string; readonly reason: string | null } | null = null;
  isCaughtUp = false;
  /** Messages since listening began, history included. */
  messageCount = 0;
  /** Messages that came live, after the history. */
  liveCount = 0;
  version = 0;

  readonly #deviceId: string;
  readonly #index: ModelIndex;
  readonly #onChange: () => void;
  readonly #gate = new OffsetGate();

  constructor(deviceId: string, model: ModelSummary | null, onChange: () => void) {
    this.#deviceId = deviceId;
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
    this.messageCount += 1;
    if (this.isCaughtUp) this.liveCount += 1;
    this.messages.push(message);
    if (this.messages.length > RAW_MESSAGES_MAX * 1.25) {
      this.messages.splice(0, this.messages.length - RAW_MESSAGES_MAX);
    }
    if (message.body.kind === 'json') this.#chart(message, message.body.value);
  }

  #chart(message: LiveTelemetry, body: unknown): void {
    const seconds = Date.parse(message.enqueuedTime) / 1_000;
    const rows = new Map<LiveChart, Map<string, number>>();
    for (const reading of readBody(body)) {
      const place = placeReading(reading, message.component, this.#index);
      if (place.kind === 'lastValue') {
        this.#remember({ key: place.key, title: place.title, text: place.text, at: message.enqueuedTime });
        continue;
      }
      const chart = this.#chartOf(place);
      if (chart === null) continue;
      const row = rows.get(chart) ?? new Map<string, number>();
      rows.set(chart, row.set(place.line, place.value));
      chart.lineTitles.set(place.line, place.lineTitle);
    }
    for (const [chart, row] of rows) chart.buffer.append(seconds, row);
  }

  #chartOf(place: Extract<Place, { kind: 'chart' }>): LiveChart | null {
    const known = this.charts.get(place.chartKey);
    if (known !== undefined) return known;
    if (this.charts.size >= CHARTS_PER_DEVICE_MAX) return null;
    const { chartKey: key, title, unit, order, isBoolean } = place;
    const chart = { key, title, unit, order, isBoolean, buffer: new ChartBuffer(), lineTitles: new Map() };
    this.charts.set(key, chart);
    return chart;
  }

  #remember(value: LastValue): void {
    if (!this.lastValues.has(value.key) && this.lastValues.size >= LAST_VALUES_MAX) return;
    this.lastValues.set(value.key, value);
  }

  /** The server counts repetitions; the newest telling of the same refusal replaces the former. */
  #takeRefusal(refusal: Refusal): void {
    const former = this.refusals.findIndex((other) => other.code === refusal.code && other.firstAt === refusal.firstAt);
    if (former >= 0) this.refusals.splice(former, 1);
    this.refusals.unshift(refusal);
    this.refusals.length = Math.min(this.refusals.length, 20);
  }
}
