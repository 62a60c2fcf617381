import { HubError, LIMITS } from '@viaduct/contracts';
import type { ThrottledOperation, ThrottleScope } from '../ports.ts';
import type { Rate } from './token-bucket.ts';

export const THROTTLED_OPERATIONS = [
  'connect',
  'telemetry',
  'twinRead',
  'twinUpdate',
  'commandReceive',
  'fileUpload',
  'commandSend',
  'method',
  'registry',
  'configuration',
] as const satisfies readonly ThrottledOperation[];

/** What is limited; an operation that is absent is not. */
type ScopeLimits = Readonly<Partial<Record<ThrottledOperation, Rate>>>;

export interface ThrottleLimits {
  readonly device: ScopeLimits;
  readonly hub: ScopeLimits;
  /** Messages a UTC day, in pieces of LIMITS.QUOTA_PIECE_BYTES; null for as many as fit on the disk. */
  readonly dailyMessages: number | null;
  /** How many configurations there may be. */
  readonly configurations: number;
}

export type ThrottleProfile = 'relaxed' | 'strict';

/**
 * `relaxed` limits nothing. `strict` is one unit of Azure's S1, for firmware that will meet the real service; a method is
 * metered in pieces of 4 KiB there. Source: "IoT Hub quotas and throttling", S1, one unit.
 */
export const THROTTLE_PROFILES: Readonly<Record<ThrottleProfile, ThrottleLimits>> = {
  relaxed: { device: {}, hub: {}, dailyMessages: null, configurations: LIMITS.CONFIGURATIONS_MAX },
  strict: {
    device: {},
    hub: {
      connect: perSecond(100),
      telemetry: perSecond(100),
      twinRead: perSecond(100),
      twinUpdate: perSecond(50),
      commandReceive: perMinute(1_000),
      fileUpload: perMinute(100),
      commandSend: perMinute(100),
      method: perSecond(40),
      registry: perMinute(100),
      configuration: perMinute(20),
    },
    dailyMessages: 400_000,
    configurations: 100,
  },
};

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600 };
const RATE = /^(\d{1,9})\/(s|min|h)(?::(\d{1,9}))?$/;

/**
 * Changes to a profile as an operator writes them. Pure.
 *
 *     device.telemetry=10/s,hub.registry=100/min:20,hub.connect=off
 *
 * The number after the colon is how many may come at once; without it, as many as are named before the slash.
 *
 * @throws HubError argument.invalid, naming the part that is wrong
 */
export function changeLimits(limits: ThrottleLimits, text: string): ThrottleLimits {
  const changed: Record<ThrottleScope, Record<string, Rate>> = {
    device: { ...limits.device },
    hub: { ...limits.hub },
  };
  for (const part of text.split(',').map((part) => part.trim())) {
    if (part === '') continue;
    const { scope, operation, rate } = readPart(part);
    if (rate === null) delete changed[scope][operation];
    else changed[scope][operation] = rate;
  }
  return { ...limits, ...changed };
}

/** Whether nothing is limited at all: then the hub has no throttle, and nobody pays for one. */
export function limitsNothing({ device, hub, dailyMessages }: ThrottleLimits): boolean {
  return dailyMessages === null && Object.keys(device).length === 0 && Object.keys(hub).length === 0;
}

function readPart(part: string): { scope: ThrottleScope; operation: ThrottledOperation; rate: Rate | null } {
  const [, scope, name, value = ''] = /^(device|hub)\.(\w+)=(\S+)$/.exec(part) ?? [];
  const operation = THROTTLED_OPERATIONS.find((known) => known === name);
  if ((scope !== 'device' && scope !== 'hub') || operation === undefined) {
    throw new HubError('argument.invalid', `"${part}" is not device.OPERATION=RATE or hub.OPERATION=RATE`);
  }
  return { scope, operation, rate: value === 'off' ? null : readRate(part, value) };
}

function readRate(part: string, text: string): Rate {
  const [, amount, unit = '', burst] = RATE.exec(text) ?? [];
  const perUnit = Number(amount ?? 0);
  const rate = { perSecond: perUnit / (UNIT_SECONDS[unit] ?? 1), burst: Number(burst ?? perUnit) };
  if (perUnit < 1 || rate.burst < 1) {
    throw new HubError('argument.invalid', `"${part}" has no rate like 10/s, 100/min, 1000/h, 10/s:50 or off`);
  }
  return rate;
}

function perSecond(count: number): Rate {
  return { perSecond: count, burst: count };
}

function perMinute(count: number): Rate {
  return { perSecond: count / 60, burst: count };
}
