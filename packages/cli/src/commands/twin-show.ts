import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { twinPath } from '../registry.ts';

export function twinShow(context: CliContext): Command {
  return withServer(new Command('show'))
    .argument('<deviceId>', 'id of the device')
    .description('print the twin: desired and reported properties, tags')
    .action((deviceId: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const twin = await rest.send({ method: 'GET', path: twinPath(deviceId) });
        output.answer(twin, () => JSON.stringify(shown(twin), null, 2));
      }),
    );
}

/** What people look for: the three sections. The identity beside them is `device show`, the rest in the JSON output. */
function shown(twin: unknown): unknown {
  const { tags = {}, properties = {} } = (twin ?? {}) as { tags?: object; properties?: object };
  return withoutMetadata({ tags, ...properties });
}

/** When each value was written is in the JSON output. */
function withoutMetadata(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([name]) => name !== '$metadata');
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutMetadata(inner)]));
}
