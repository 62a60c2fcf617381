import type { JsonObject } from '../ports.ts';
import { isJsonObject } from '../twin/validate-section.ts';
import type { ActiveConfiguration } from './active-configuration.ts';
import { applySettings, BlockedSetting, type Setting } from './apply-settings.ts';

/** What the deployments that target one Edge device come to. */
export interface EdgeDeployment {
  /** The one with all of `$edgeAgent` that wins, then those layered on it, rising in priority. Empty: nothing is deployed. */
  readonly layers: readonly ActiveConfiguration[];
  /** Layered ones without anything below them. */
  readonly baseless: readonly ActiveConfiguration[];
  /** Every module that is named, or that `$edgeAgent` is told to run. */
  readonly moduleIds: ReadonlySet<string>;
}

/**
 * Which of an Edge device's deployments count. Pure.
 *
 *     priority 30   layered ─┐
 *     priority 20   layered ─┴─► on top of      the whole ones below the first do not count,
 *     priority 10   whole   ───► the base       and neither do layered ones below the base
 *     priority  5   layered, whole
 *
 * @param targeting rising in priority
 */
export function deployEdge(targeting: readonly ActiveConfiguration[]): EdgeDeployment {
  const base = targeting.findLastIndex(({ content }) => content.kind === 'edge' && !content.isLayered);
  if (base < 0) return { layers: [], baseless: targeting, moduleIds: new Set() };
  const layers = targeting.slice(base);
  const named = layers.flatMap(({ content }) => (content.kind === 'edge' ? [...content.modules.keys()] : []));
  return { layers, baseless: [], moduleIds: new Set([...named, ...modulesToRun(layers)]) };
}

/** What a deployment sets in one module. Pure. */
export function settingsFor({ content }: ActiveConfiguration, moduleId: string): readonly Setting[] {
  return content.kind === 'edge' ? (content.modules.get(moduleId) ?? []) : [];
}

/** What `$edgeAgent` is told to run: it makes their twins matter, even if nothing is set in them. */
function modulesToRun(layers: readonly ActiveConfiguration[]): readonly string[] {
  let agent: JsonObject = {};
  for (const layer of layers) {
    const applied = applySettings(agent, settingsFor(layer, '$edgeAgent'));
    if (!(applied instanceof BlockedSetting)) agent = applied;
  }
  const { modules } = agent;
  return isJsonObject(modules) ? Object.keys(modules) : [];
}
