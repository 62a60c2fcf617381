import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { readJson, readPairs } from '../read-json.ts';
import { endpointTable, putEndpoint } from '../routing.ts';

interface Options extends CommonOptions {
  readonly set: readonly string[];
  readonly configuration?: string;
}

export function endpointAdd(context: CliContext): Command {
  return withServer(new Command('add'))
    .argument('<name>', 'what routes call it')
    .argument('<kind>', 'webhook, storage, amqp, kafka, nats or mqtt')
    .description('add an endpoint, or change the one of that name')
    .option('--set <field=value...>', 'fields of its configuration: text, numbers, true or false', [])
    .option('--configuration <json>', 'the whole configuration, as docs/operating/routing.md describes it')
    .action((name: string, kind: string, { set, configuration, ...options }: Options) => {
      const given = configuration === undefined ? {} : (readJson('--configuration', configuration) as object);
      const fields = { ...given, ...readPairs('--set', set) };
      return onServer(context, options, async ({ rest, output }) => {
        const endpoint = await putEndpoint(rest, name, { kind, configuration: fields });
        output.answer(endpoint, () => endpointTable([endpoint]));
        output.note(`Next: viaduct route add NAME --to ${name}`);
      });
    });
}
