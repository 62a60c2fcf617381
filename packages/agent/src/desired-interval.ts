import { parseIntervalSeconds } from './config.ts';

/**
 * How a device answers a writable property. Source: IoT Plug and Play convention, "Writable properties".
 *   ac 200 accepted · 400 refused, with the reason in `ad` · 203 the device's own choice, not the hub's wish
 *   av the `$version` of the desired section that is answered
 */
export interface PropertyAcknowledgement {
  readonly value: number;
  readonly ac: 200 | 203 | 400;
  readonly av: number;
  readonly ad: string;
}

export type DesiredInterval =
  | { readonly kind: 'none'; readonly version: number }
  | {
      readonly kind: 'apply';
      readonly seconds: number;
      readonly version: number;
      readonly answer: PropertyAcknowledgement;
    }
  | { readonly kind: 'refuse'; readonly version: number; readonly answer: PropertyAcknowledgement };

/**
 * Pure: reads `telemetryIntervalSeconds` out of a desired section or a patch of it.
 * A refused wish keeps the interval in force, and says so: `value` is always what the device really does.
 */
export function readDesiredInterval(desired: unknown, secondsInForce: number): DesiredInterval {
  const section: Readonly<Record<string, unknown>> =
    typeof desired === 'object' && desired !== null ? { ...desired } : {};
  const version = typeof section.$version === 'number' ? section.$version : 0;
  const wish = section.telemetryIntervalSeconds;
  // null removes the wish: the interval stays as it is, and nothing is owed an answer.
  if (wish === undefined || wish === null) return { kind: 'none', version };

  const parsed = parseIntervalSeconds(wish);
  if (parsed.kind === 'refused') {
    return { kind: 'refuse', version, answer: { value: secondsInForce, ac: 400, av: version, ad: parsed.reason } };
  }
  const answer = { value: parsed.seconds, ac: 200, av: version, ad: 'in force' } as const;
  return { kind: 'apply', seconds: parsed.seconds, version, answer };
}
