import { HubError, LIMITS, type NewSimulatedDevices } from '@viaduct/contracts';
import type { DeviceDirectory } from '../directory/device-directory.ts';
import type { TemplateBook } from '../template/template-book.ts';
import type { DeviceSimulation } from './device-simulation.ts';

interface SimulationParts {
  readonly devices: Pick<DeviceDirectory, 'find' | 'create'>;
  readonly templates: Pick<TemplateBook, 'get'>;
  readonly simulation: DeviceSimulation;
}

/** Made side by side, so that they share flushes to disk. */
const MADE_AT_ONCE = 16;
const NAME_CHARACTERS_MAX = 40;

/**
 * Makes simulated devices of a template, or of none, with ids and names that say so: `thermostat-sim-1`, "Thermostat 1". They begin by
 * themselves. Resolves with their ids.
 *
 * @throws HubError template.notFound, central.limitReached
 */
export async function createSimulatedDevices(
  parts: SimulationParts,
  { templateId, count, intervalSeconds }: NewSimulatedDevices,
): Promise<readonly string[]> {
  const room = LIMITS.SIMULATED_DEVICES_MAX - parts.simulation.size;
  if (count > room) {
    const text = `${parts.simulation.size} devices are simulated; at most ${LIMITS.SIMULATED_DEVICES_MAX} may be`;
    throw new HubError('central.limitReached', text);
  }
  const name = templateId === null ? 'Sensor' : parts.templates.get(templateId).displayName;
  const numbers = await freeNumbers(parts.devices, name, count);
  for (let start = 0; start < numbers.length; start += MADE_AT_ONCE) {
    const some = numbers.slice(start, start + MADE_AT_ONCE);
    await Promise.all(
      some.map(async (number) => {
        if (intervalSeconds !== undefined) await parts.simulation.prepare(idOf(name, number), { intervalSeconds });
        const device = { displayName: `${name} ${number}`, templateId, simulated: true };
        await parts.devices.create(idOf(name, number), device);
      }),
    );
  }
  return numbers.map((number) => idOf(name, number));
}

/** Counts on from those that are there; gaps are filled. */
async function freeNumbers(devices: Pick<DeviceDirectory, 'find'>, name: string, count: number): Promise<number[]> {
  const free: number[] = [];
  for (let number = 1; free.length < count; number++) {
    if ((await devices.find(idOf(name, number))) === undefined) free.push(number);
  }
  return free;
}

function idOf(name: string, number: number): string {
  const words = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const slug = words.slice(0, NAME_CHARACTERS_MAX).replaceAll(/^-+|-+$/g, '');
  return `${slug === '' ? 'device' : slug}-sim-${number}`;
}
