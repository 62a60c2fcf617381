import type { LinkedHubRequest } from '@viaduct/contracts';
import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { listLinkedHubs, putLinkedHub, removeLinkedHub, testLinkedHub } from '../provisioning.ts';
import { readNumber } from '../read-json.ts';
import { readTextFile } from '../read-text-file.ts';
import { hubTable } from '../show-provisioning.ts';

interface AddOptions extends CommonOptions {
  readonly hubConnectionString?: string;
  readonly hubCa?: string;
  readonly weight?: string;
  readonly newDevices?: 'yes' | 'no';
}

const WEIGHT_MAX = 1_000;

export function provisionHubsList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list the hubs that devices may be sent to')
    .action((options: CommonOptions) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        const hubs = await listLinkedHubs(rest);
        output.answer(hubs, () => hubTable(hubs));
      }),
    );
}

export function provisionHubsAdd(context: CliContext): Command {
  return withServer(new Command('add'))
    .argument('<hostName>', "what devices connect to; this server's own to change its weight")
    .description('link another hub, of Viaduct or of Azure, or change what is said of one')
    .option(
      '--hub-connection-string <text>',
      'with a policy that reads and writes the registry, and connects as a service',
    )
    .option('--hub-ca <file>', 'root certificate of that hub, where this machine does not trust it by itself')
    .option('--weight <n>', `its share of devices among hashed ones, up to ${WEIGHT_MAX}`)
    .option('--new-devices <yes|no>', 'whether hashed and lowest latency may choose it')
    .action((hostName: string, options: AddOptions) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        const hub = await putLinkedHub(rest, hostName, await hubIn(options));
        output.answer(hub, () => hubTable([hub]));
        if (hub.kind === 'remote') output.note(`Next: viaduct provision hubs test ${hub.hostName}`);
      }),
    );
}

export function provisionHubsRemove(context: CliContext): Command {
  return withServer(new Command('remove'))
    .argument('<hostName...>', 'names of linked hubs')
    .description('unlink hubs; devices that were sent there stay there')
    .action((names: readonly string[], options: CommonOptions) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        for (const name of names) await removeLinkedHub(rest, name);
        output.answer({ removed: names }, () => names.map((name) => `unlinked ${name}\n`).join(''));
      }),
    );
}

export function provisionHubsTest(context: CliContext): Command {
  return withServer(new Command('test'))
    .argument('<hostName>', 'name of the linked hub')
    .description('ask a linked hub, as provisioning would, and tell how long it took')
    .action((hostName: string, options: CommonOptions) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        const test = await output.waiting(`asking ${hostName}`, testLinkedHub(rest, hostName));
        output.answer(test, () => `${test.hostName} answered in ${Math.round(test.latencyMs)} ms, and lets us in`);
      }),
    );
}

/** Only what was given. @throws CliFailure usage */
async function hubIn({ hubConnectionString, hubCa, weight, newDevices }: AddOptions): Promise<LinkedHubRequest> {
  if (newDevices !== undefined && newDevices !== 'yes' && newDevices !== 'no') {
    throw new CliFailure(ExitCode.usage, `--new-devices ${newDevices}: neither yes nor no`, 'Give yes or no.');
  }
  const range = { min: 1, max: WEIGHT_MAX, whole: true };
  return {
    ...(hubConnectionString === undefined ? {} : { connectionString: hubConnectionString }),
    ...(hubCa === undefined ? {} : { caPem: await readTextFile(hubCa, 'Name a PEM file with the root of that hub.') }),
    ...(weight === undefined ? {} : { allocationWeight: readNumber('--weight', weight, range) }),
    ...(newDevices === undefined ? {} : { takesNewDevices: newDevices === 'yes' }),
  };
}
