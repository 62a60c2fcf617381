import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly devices: number;
  readonly minutes: number;
  /** Mean time between two messages of a device. */
  readonly intervalSeconds: number;
  /** Devices whose plug is pulled, per second. */
  readonly cutsPerSecond: number;
  /** How often the server is killed; its last life is twice as long as the others. */
  readonly kills: number;
}

export const USAGE = `npm run soak -- [options]
  --devices N      on mixed transports (5000)
  --minutes M      how long (30)
  --interval S     mean seconds between two messages of a device (5)
  --cuts N         devices per second whose connection is cut (10)
  --kills N        times the server is killed with -9; the last life is twice as long as the others (1)
  --no-build       run dist/ as it is`;

/** @throws TypeError for what cannot be understood */
export function parseOptions(argv: readonly string[]): SoakOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: 'boolean', default: false },
      devices: { type: 'string', default: '5000' },
      minutes: { type: 'string', default: '30' },
      interval: { type: 'string', default: '5' },
      cuts: { type: 'string', default: '10' },
      kills: { type: 'string', default: '1' },
    },
  });
  if (values.help) return undefined;
  return {
    devices: number('devices', values.devices),
    minutes: number('minutes', values.minutes),
    intervalSeconds: number('interval', values.interval),
    cutsPerSecond: number('cuts', values.cuts),
    kills: number('kills', values.kills),
  };
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new TypeError(`--${name} must be a number\n\n${USAGE}`);
  return value;
}
