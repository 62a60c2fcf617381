import { parseArgs } from 'node:util';
import { CASES } from './cases.ts';
import { BenchFailure } from './child.ts';
import type { Span } from './generator.ts';

export interface BenchOptions extends Span {
  readonly repetitions: number;
  readonly cases: readonly string[];
  /** Names, or the beginnings of names, of those who take part; empty: all. */
  readonly only: readonly string[];
  readonly folder: string;
  /** Use the generator in Node although a compiler is there. */
  readonly nodeGenerator: boolean;
}

export const USAGE = `npm run bench -- [options]
  --quick              one repetition of 2 s each: a smoke test, not a measurement
  --repetitions N      how often each case is measured; the median is shown (3)
  --seconds S          length of one measurement (5)
  --warmup S           before each (1)
  --cases LIST         some of ${CASES.map(({ id }) => id).join(',')}
  --only LIST          some of sink,mosquitto,aedes,viaduct
  --node-generator     the generator in Node, as where no C compiler is
  --no-build           measure dist/ as it is
  --folder DIR         where servers keep their data: on a real disk (bench/results)`;

const FOLDER = new URL('./results', import.meta.url).pathname;

/** @throws BenchFailure for what cannot be understood */
export function parseOptions(argv: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      repetitions: { type: 'string' },
      seconds: { type: 'string' },
      warmup: { type: 'string' },
      cases: { type: 'string' },
      only: { type: 'string' },
      'node-generator': { type: 'boolean', default: false },
      folder: { type: 'string', default: FOLDER },
    },
  });
  if (values.help) return undefined;
  const cases = list(values.cases);
  const stranger = cases.find((name) => !CASES.some(({ id }) => id === name));
  if (stranger !== undefined) throw new BenchFailure(`no case is called ${stranger}\n\n${USAGE}`);
  return {
    repetitions: positive('repetitions', values.repetitions, values.quick ? 1 : 3),
    seconds: positive('seconds', values.seconds, values.quick ? 2 : 5),
    warmupSeconds: positive('warmup', values.warmup, values.quick ? 0.5 : 1),
    cases: cases.length > 0 ? cases : CASES.map(({ id }) => id),
    only: list(values.only),
    folder: values.folder,
    nodeGenerator: values['node-generator'],
  };
}

function list(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').map((part) => part.trim());
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new BenchFailure(`--${name} must be a number above 0\n\n${USAGE}`);
  return value;
}
