import { type JsonObject, LIMITS, type ModelSummary } from '@viaduct/contracts';
import { type Hub, listConfigurations, listJobs } from '@viaduct/hub';
import type { CapabilityUse, Template } from './template-book.ts';

/** Work that is not over, and that will set a property or call a command of a template's devices by its name. */
export async function workUses(hub: Hub, { summary }: Template): Promise<readonly CapabilityUse[]> {
  const known = namesOf(summary);
  const works = [...(await jobsAhead(hub)), ...(await configurations(hub))];
  return works.flatMap((work) => {
    const paths = work.paths.filter((path) => known.some((name) => path === name || path.startsWith(`${name}.`)));
    return paths.length === 0 ? [] : [{ ...work, paths }];
  });
}

async function jobsAhead(hub: Hub): Promise<readonly CapabilityUse[]> {
  const statuses = ['scheduled', 'queued', 'running'] as const;
  const limit = LIMITS.JOB_PAGE_MAX;
  const pages = await Promise.all(statuses.map((status) => listJobs(hub, { status, limit })));
  return pages.flat().map(({ jobId, work }) => ({ kind: 'job', id: jobId, displayName: jobId, paths: pathsOf(work) }));
}

function pathsOf(work: Awaited<ReturnType<typeof listJobs>>[number]['work']): readonly string[] {
  switch (work.type) {
    case 'scheduleUpdateTwin':
      return pathsIn((work.update.desired ?? {}) as JsonObject);
    case 'scheduleDeviceMethod':
      // A command of a component is called as `component*command`.
      return [work.method.methodName.replace('*', '.')];
    default:
      return [];
  }
}

async function configurations(hub: Hub): Promise<readonly CapabilityUse[]> {
  const all = await listConfigurations(hub);
  return all.map(({ id, content }) => ({
    kind: 'configuration',
    id,
    displayName: id,
    paths: Object.keys((content.deviceContent ?? {}) as JsonObject).map((path) =>
      path.replace(/^properties\.desired\./, ''),
    ),
  }));
}

/** Properties of components lie one level deeper. */
function pathsIn(desired: JsonObject): readonly string[] {
  return Object.entries(desired).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? [name, ...Object.keys(value).map((inner) => `${name}.${inner}`)]
      : [name],
  );
}

function namesOf({ properties, commands }: ModelSummary): readonly string[] {
  return [...properties, ...commands].map(({ component, name }) =>
    component === null ? name : `${component}.${name}`,
  );
}
