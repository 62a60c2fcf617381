import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import type { DesiredPath, JsonObject } from '../ports.ts';
import { type ChangesTwins, changeTwin, type TwinWrite } from '../twin/change-twin.ts';
import { patchedTwin } from '../twin/patch-twin.ts';
import { isJsonObject } from '../twin/validate-section.ts';
import {
  applySettings,
  BlockedSetting,
  contains,
  pathKey,
  type Setting,
  smallestPatch,
  takeBack,
} from './apply-settings.ts';

/** What one configuration sets in one twin. */
export interface Claim {
  readonly configurationId: string;
  readonly settings: readonly Setting[];
  /** Of the deployment of an Edge device: kept apart, for it stays when nothing takes its place. */
  readonly byEdge: boolean;
}

export interface OwnedPaths {
  readonly owned: readonly DesiredPath[];
  readonly ownedByEdge: readonly DesiredPath[];
}

/** How a twin came out of it. */
export interface SettledTwin extends OwnedPaths {
  /** Configurations of which at least one value is in the twin. */
  readonly applied: ReadonlySet<string>;
  /** Why a configuration's values are not in it. */
  readonly reasons: ReadonlyMap<string, string>;
  readonly wasWritten: boolean;
}

/**
 * Brings the desired section of one twin to what configurations want, and tells the device and the log, if anything is different.
 *
 * A configuration whose path leads through a value that is no object is left out as a whole, with the reason; so are all where the
 * section would become too large.
 *
 * @param claims rising in priority: a later one wins
 * @returns undefined when the device or module is gone
 * @throws HubError that may be tried again: quota.exceeded, store.unavailable, log.unavailable
 */
export async function settleTwin(
  hub: ChangesTwins,
  identity: DeviceIdentity,
  before: OwnedPaths,
  claims: readonly Claim[],
): Promise<SettledTwin | undefined> {
  let settled: SettledTwin = { ...before, applied: new Set(), reasons: new Map(), wasWritten: false };
  if (claims.length === 0 && before.owned.length === 0 && before.ownedByEdge.length === 0) return settled;
  try {
    await changeTwin(hub, identity, (twin, time): TwinWrite | null => {
      const wanted = wantedSection(twin.desired.values, before, claims);
      const patch = smallestPatch(twin.desired.values, wanted.values);
      const write = Object.keys(patch).length === 0 ? null : patchedTwin(twin, { desired: patch }, time);
      settled = { ...wanted, wasWritten: write !== null };
      return write;
    });
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.row.retry) throw thrown;
    if (thrown.row.http === 404) return undefined;
    const reasons = new Map(claims.map(({ configurationId }) => [configurationId, thrown.message]));
    return { ...before, applied: new Set(), reasons, wasWritten: false };
  }
  return settled;
}

/** A section with what is set no longer taken out, and what is set put in. What is blocked is left out altogether. Pure. */
export function wantedSection(
  values: JsonObject,
  known: OwnedPaths,
  claims: readonly Claim[],
): Omit<SettledTwin, 'wasWritten'> & { readonly values: JsonObject } {
  let result = takeBack(values, [...known.owned, ...known.ownedByEdge], pathsOf(claims));
  for (const claim of claims) {
    const next = applySettings(result, claim.settings);
    if (next instanceof BlockedSetting) {
      const others = wantedSection(
        values,
        known,
        claims.filter((each) => each !== claim),
      );
      const reasons = new Map(others.reasons).set(claim.configurationId, blockedText(next, result));
      return { ...others, reasons };
    }
    result = next;
  }
  const inEffect = claims.filter((claim, i) => isInEffect(claim, claims.slice(i + 1)));
  return {
    values: result,
    applied: new Set(inEffect.map(({ configurationId }) => configurationId)),
    reasons: new Map(),
    owned: pathsOf(claims.filter(({ byEdge }) => !byEdge)),
    ownedByEdge: pathsOf(claims.filter(({ byEdge }) => byEdge)),
  };
}

/** Paths where a value is set; where there is to be none, there is nothing to take back. Each once. */
function pathsOf(claims: readonly Claim[]): readonly DesiredPath[] {
  const paths = claims.flatMap(({ settings }) =>
    settings.filter(({ value }) => value !== null).map(({ path }) => path),
  );
  return [...new Map(paths.map((path) => [pathKey(path), path])).values()];
}

/** Whether something it sets is not replaced as a whole by what has a higher priority. */
function isInEffect({ settings }: Claim, higher: readonly Claim[]): boolean {
  const above = higher.flatMap((claim) => claim.settings.map(({ path }) => path));
  return settings.some(({ path }) => !above.some((outer) => contains(outer, path)));
}

/** Why a setting cannot be made in these values. Pure. */
export function blockedText({ path, at }: BlockedSetting, values: JsonObject): string {
  let found: unknown = values;
  for (const key of at) found = isJsonObject(found) ? found[key] : undefined;
  const kind = Array.isArray(found) ? 'an array' : `a ${typeof found}`;
  return `properties.desired.${pathKey(at)} is ${kind}, so that properties.desired.${pathKey(path)} cannot be set in it`;
}
