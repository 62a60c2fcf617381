import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { readJson } from '../read-json.ts';
import { twinPath } from '../registry.ts';

interface Options extends CommonOptions {
  readonly tags?: boolean;
}

export function twinUpdate(context: CliContext): Command {
  return withServer(new Command('update'))
    .argument('<deviceId>', 'id of the device')
    .argument('<patch>', 'JSON object that is merged into the desired properties; null removes a property')
    .description('change desired properties, or tags')
    .option('--tags', 'the patch is for the tags')
    .action((deviceId: string, patch: string, options: Options) => {
      const value = readJson('the patch', patch);
      const body = options.tags === true ? { tags: value } : { properties: { desired: value } };
      return onServer(context, options, async ({ rest, output }) => {
        const twin = await rest.send({ method: 'PATCH', path: twinPath(deviceId), body });
        output.answer(twin, () => `updated ${deviceId}`);
      });
    });
}
