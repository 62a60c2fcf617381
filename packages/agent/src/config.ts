import { AGENT_LIMITS } from './limits.ts';

/** What the agent reads from its environment, once, at start. */
export interface AgentConfig {
  readonly connectionString: string;
  /** PEM file with the root to trust; absent where the system already trusts the server. */
  readonly caFile?: string;
  readonly intervalSeconds: number;
}

export type ConfigResult =
  | { readonly kind: 'config'; readonly config: AgentConfig }
  /** Every fault, not the first: a person corrects them in one go. */
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** The schema: name, default, meaning. The README lists the same rows. */
export const AGENT_SETTINGS = {
  VIADUCT_DEVICE_CONNECTION_STRING: { default: null, means: 'HostName=…;DeviceId=…;SharedAccessKey=… of this device' },
  VIADUCT_CA_FILE: { default: null, means: 'PEM file with the root certificate that the server presents' },
  VIADUCT_TELEMETRY_INTERVAL_SECONDS: {
    default: '1',
    means: 'pause between samples until the twin or a method says otherwise',
  },
} as const;

const PARTS_REQUIRED = ['HostName', 'DeviceId', 'SharedAccessKey'] as const;

/** Pure: the environment in, a frozen configuration or all faults out. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigResult {
  const connectionString = env.VIADUCT_DEVICE_CONNECTION_STRING?.trim() ?? '';
  const caFile = env.VIADUCT_CA_FILE?.trim() ?? '';
  const interval = parseIntervalSeconds(
    Number(env.VIADUCT_TELEMETRY_INTERVAL_SECONDS || AGENT_SETTINGS.VIADUCT_TELEMETRY_INTERVAL_SECONDS.default),
  );

  const faults = connectionStringFaults(connectionString);
  if (interval.kind === 'refused') faults.push(`VIADUCT_TELEMETRY_INTERVAL_SECONDS: ${interval.reason}`);
  if (faults.length > 0 || interval.kind === 'refused') return { kind: 'faults', faults };

  return {
    kind: 'config',
    config: Object.freeze({
      connectionString,
      intervalSeconds: interval.seconds,
      ...(caFile === '' ? {} : { caFile }),
    }),
  };
}

function connectionStringFaults(text: string): string[] {
  if (text === '')
    return ['VIADUCT_DEVICE_CONNECTION_STRING is not set; `viaduct connection-string --device ID` prints one'];
  const names = new Set(text.split(';').map((pair) => pair.slice(0, Math.max(0, pair.indexOf('=')))));
  return PARTS_REQUIRED.filter((part) => !names.has(part)).map(
    (part) => `VIADUCT_DEVICE_CONNECTION_STRING has no ${part}`,
  );
}

export type IntervalResult =
  | { readonly kind: 'interval'; readonly seconds: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** One rule for the environment, the method and the desired property, so that all three refuse in the same words. */
export function parseIntervalSeconds(value: unknown): IntervalResult {
  const { INTERVAL_SECONDS_MIN: min, INTERVAL_SECONDS_MAX: max } = AGENT_LIMITS;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return { kind: 'refused', reason: `the interval must be a number of seconds from ${min} to ${max}` };
  }
  if (value < min || value > max) {
    return { kind: 'refused', reason: `${value} s is outside ${min} to ${max} seconds` };
  }
  return { kind: 'interval', seconds: value };
}
