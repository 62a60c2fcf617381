import { LIMITS } from '@viaduct/contracts';
import type { Command } from 'commander';
import type { ConfigurationChange } from './configurations.ts';
import { readNumber, readPairs } from './read-json.ts';

/** What `configuration add` and `configuration update` have in common. */
export interface ChangeOptions {
  readonly targetCondition?: string;
  readonly priority?: string;
  readonly label: readonly string[];
  readonly metric: readonly string[];
}

export function withChange(command: Command): Command {
  return command
    .option(
      '--target-condition <text>',
      "whom it is for: a condition such as tags.env='prod', * for all devices, or from devices.modules where …",
    )
    .option('--priority <number>', 'of several for one device, the highest wins')
    .option('--label <name=value>', 'label; repeat it for more', collect, [])
    .option('--metric <name=query>', 'query whose rows are counted; repeat it for more', collect, []);
}

/** Only what was given. @throws CliFailure usage */
export function changeIn({ targetCondition, priority, label, metric }: ChangeOptions): ConfigurationChange {
  const range = { min: 0, max: LIMITS.CONFIGURATION_PRIORITY_MAX, whole: true };
  return {
    ...(targetCondition === undefined ? {} : { targetCondition }),
    ...(priority === undefined ? {} : { priority: readNumber('--priority', priority, range) }),
    ...(label.length === 0 ? {} : { labels: readPairs('--label', label) }),
    ...(metric.length === 0 ? {} : { metrics: { queries: readPairs('--metric', metric) } }),
  };
}

/** For an option that is repeated. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
