import type { EndpointHealth, EndpointLoss, EndpointState, RouteSource } from '@viaduct/contracts';
import type { Tone } from '../../ui/status-badge.tsx';

/** What routing is made of, in words. Pure. */

export const SOURCE_WORDS: Readonly<Record<RouteSource, string>> = {
  DeviceMessages: 'Telemetry',
  TwinChangeEvents: 'Twin changes',
  DeviceLifecycleEvents: 'Devices made and deleted',
  DeviceConnectionStateEvents: 'Connections',
  DigitalTwinChangeEvents: 'Digital twin changes',
  DeviceJobLifecycleEvents: 'Jobs',
};

export const HEALTH_WORDS: Readonly<
  Record<EndpointHealth, { readonly word: string; readonly tone: Tone; readonly text: string }>
> = {
  unknown: { word: 'Nothing yet', tone: 'quiet', text: 'Nothing was delivered yet; the first message will tell.' },
  healthy: { word: 'Healthy', tone: 'good', text: 'It takes what comes.' },
  degraded: {
    word: 'Degraded',
    tone: 'warn',
    text: 'It takes messages, but some were refused or lost in the last hour, or it is minutes behind.',
  },
  unhealthy: {
    word: 'Failing',
    tone: 'bad',
    text: 'The last try failed. Messages wait in the log, and it is tried again by itself.',
  },
  dead: {
    word: 'Needs you',
    tone: 'bad',
    text: 'Trying again will not help until somebody changes something: the address, the credentials, or what is on the other side.',
  },
  paused: {
    word: 'Paused',
    tone: 'quiet',
    text: 'Somebody paused it. What comes waits in the log until it is resumed.',
  },
};

export const LOSS_WORDS: Readonly<Record<EndpointLoss['kind'], string>> = {
  refused: 'The endpoint will never take it',
  tooLarge: 'Too large with its enrichments',
  overtaken: 'The log expired before the endpoint took it',
};

/** "up to date", "12 behind", "1,200 behind, the oldest 4 min". */
export function lagWords({ lagMessages, lagSeconds }: Pick<EndpointState, 'lagMessages' | 'lagSeconds'>): string {
  if (lagMessages === 0) return 'up to date';
  const many = `${lagMessages.toLocaleString('en')} behind`;
  if (lagSeconds < 60) return many;
  return `${many}, the oldest ${lagSeconds < 3_600 ? `${Math.floor(lagSeconds / 60)} min` : `${Math.floor(lagSeconds / 3_600)} h`}`;
}

/** The rule of the wire for names of routes and endpoints; the server says it again. */
export function isRoutingName(name: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(name);
}
