import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseMillidegrees, readTemperatures, sensorName } from './temperature.ts';

describe('parseMillidegrees', () => {
  it('reads thousandths of a degree', () => {
    expect(parseMillidegrees('48123\n')).toBe(48.123);
    expect(parseMillidegrees('-5000')).toBe(-5);
  });

  it('takes nonsense and impossible values for no reading', () => {
    for (const text of ['', 'n/a', '48.1', '-128000', '6280000']) expect(parseMillidegrees(text)).toBeUndefined();
  });
});

describe('sensorName', () => {
  it('is always a name that a model and a twin accept', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(sensorName(text)).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,63}$/);
      }),
    );
  });
});

describe('readTemperatures', () => {
  let sysClass: string;

  beforeEach(async () => {
    sysClass = await mkdtemp(join(tmpdir(), 'viaduct-sys-'));
  });

  afterEach(() => rm(sysClass, { recursive: true }));

  async function sysfs(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(sysClass, path, '..'), { recursive: true });
      await writeFile(join(sysClass, path), text);
    }
  }

  it('is empty on a machine without sensors', async () => {
    expect(await readTemperatures(sysClass)).toEqual({});
  });

  it('finds thermal zones and chips by name, and leaves out a sensor that does not answer', async () => {
    await sysfs({
      'thermal/thermal_zone0/type': 'x86_pkg_temp\n',
      'thermal/thermal_zone0/temp': '51000\n',
      'thermal/cooling_device0/type': 'Fan\n',
      'hwmon/hwmon0/name': 'coretemp\n',
      'hwmon/hwmon0/temp1_input': '49000\n',
      'hwmon/hwmon0/temp1_label': 'Package id 0\n',
      'hwmon/hwmon0/temp2_input': '\n',
      'hwmon/hwmon0/fan1_input': '1200\n',
    });
    expect(await readTemperatures(sysClass)).toEqual({ x86_pkg_temp: 51, coretemp_Package_id_0: 49 });
  });

  it('tells sensors of the same name apart', async () => {
    await sysfs({
      'thermal/thermal_zone0/type': 'acpitz',
      'thermal/thermal_zone0/temp': '30000',
      'thermal/thermal_zone1/type': 'acpitz',
      'thermal/thermal_zone1/temp': '31000',
    });
    expect(await readTemperatures(sysClass)).toEqual({ acpitz: 30, acpitz_2: 31 });
  });
});
