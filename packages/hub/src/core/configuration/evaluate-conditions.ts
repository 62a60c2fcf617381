import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';
import type { ConfigurationRecord, KeepsQueries } from '../ports.ts';
import type { Selection } from '../query/expression.ts';
import type { ActiveConfiguration } from './active-configuration.ts';
import type { Verdicts } from './settle-device.ts';
import { among } from './target-condition.ts';

/**
 * Which configurations target each of some devices and modules, by `identityKey`. One question a configuration, and a turn for
 * everything else between two. About a configuration whose condition cannot be evaluated nothing is said, if `onFailure` lets it pass.
 */
export async function evaluateConditions(
  hub: KeepsQueries,
  configurations: Iterable<ActiveConfiguration>,
  identities: readonly DeviceIdentity[],
  onFailure: (record: ConfigurationRecord, thrown: unknown) => undefined,
): Promise<ReadonlyMap<string, Verdicts>> {
  const verdicts = new Map(identities.map((identity) => [identityKey(identity), new Map<string, boolean>()]));
  const devices = identities.filter(({ moduleId }) => moduleId === undefined);
  const modules = identities.filter(({ moduleId }) => moduleId !== undefined);
  for (const { record, target } of configurations) {
    const asked = record.kind === 'module' ? modules : devices;
    if (asked.length === 0) continue;
    const met =
      target === null
        ? new Set<string>()
        : await whoMeets(hub, target, asked).catch((thrown: unknown) => onFailure(record, thrown));
    for (const identity of met === undefined ? [] : asked) {
      const key = identityKey(identity);
      verdicts.get(key)?.set(record.id, met?.has(key) ?? false);
    }
    await nextTurn();
  }
  return verdicts;
}

async function whoMeets(
  hub: KeepsQueries,
  target: Selection,
  asked: readonly DeviceIdentity[],
): Promise<ReadonlySet<string>> {
  const here = among(target, [...new Set(asked.map(({ deviceId }) => deviceId))]);
  const met = new Set<string>();
  for (let after: DeviceIdentity | undefined; ; ) {
    const limit = LIMITS.CONFIGURATION_STEP_IDENTITIES;
    const page = await hub.queries.selectIdentities(here, { limit, ...(after && { after }) });
    for (const identity of page) met.add(identityKey(identity));
    if (page.length < limit) return met;
    after = page.at(-1);
  }
}
