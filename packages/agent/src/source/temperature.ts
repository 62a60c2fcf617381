import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Sensor name → degrees Celsius. */
export type Temperatures = Readonly<Record<string, number>>;

/**
 * Every temperature the kernel offers, from hwmon (chips) and thermal zones. Virtual machines have none: then empty.
 * A sensor that cannot be read this time (a disk asleep, say) is left out, for a wrong figure is worse than none.
 * Source: Linux Documentation/hwmon/sysfs-interface and driver-api/thermal/sysfs-api.
 */
export async function readTemperatures(sysClass = '/sys/class'): Promise<Temperatures> {
  const readings = [
    ...(await thermalZones(join(sysClass, 'thermal'))),
    ...(await hwmonInputs(join(sysClass, 'hwmon'))),
  ];
  const found: Record<string, number> = {};
  for (const { name, text } of readings) {
    const degrees = parseMillidegrees(text);
    if (degrees !== undefined) found[uniqueName(sensorName(name), found)] = degrees;
  }
  return found;
}

/** Pure: `48123\n` is 48.123 °C. Values no sensor of ours can mean are taken for a fault of the sensor. */
export function parseMillidegrees(text: string): number | undefined {
  if (!/^-?\d{1,7}\s*$/.test(text)) return undefined;
  const degrees = Number(text) / 1000;
  return degrees > -60 && degrees < 200 ? degrees : undefined;
}

/** A DTDL map key and twin key: letters, digits and underscores, not starting with a digit. */
export function sensorName(text: string): string {
  const name = text
    .trim()
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[A-Za-z]/.test(name) ? name.slice(0, 64) : `sensor_${name}`.slice(0, 64);
}

function uniqueName(name: string, taken: Readonly<Record<string, number>>): string {
  if (!(name in taken)) return name;
  let suffix = 2;
  while (`${name}_${suffix}` in taken) suffix += 1;
  return `${name}_${suffix}`;
}

interface Reading {
  readonly name: string;
  readonly text: string;
}

async function thermalZones(folder: string): Promise<readonly Reading[]> {
  const zones = (await list(folder)).filter((entry) => /^thermal_zone\d+$/.test(entry));
  return Promise.all(
    zones.map(async (zone) => ({
      name: (await read(join(folder, zone, 'type'))) || zone,
      text: await read(join(folder, zone, 'temp')),
    })),
  );
}

async function hwmonInputs(folder: string): Promise<readonly Reading[]> {
  const chips = await Promise.all((await list(folder)).map((chip) => chipInputs(join(folder, chip))));
  return chips.flat();
}

async function chipInputs(chip: string): Promise<readonly Reading[]> {
  const inputs = (await list(chip)).filter((entry) => /^temp\d+_input$/.test(entry));
  const chipName = await read(join(chip, 'name'));
  return Promise.all(
    inputs.map(async (input) => {
      const label = await read(join(chip, input.replace('_input', '_label')));
      return { name: `${chipName} ${label || input.replace('_input', '')}`, text: await read(join(chip, input)) };
    }),
  );
}

// Absent folders and unreadable files are the normal case on most machines, not faults: nothing there, nothing reported.
async function list(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch((): string[] => [])).sort();
}

async function read(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim();
}
