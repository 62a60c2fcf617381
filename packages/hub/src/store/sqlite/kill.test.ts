import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RegistryEntry } from '../../core/ports.ts';
import { newTwin } from '../../core/twin/new-twin.ts';
import { type HubStore, openSqliteStore } from './open-sqlite-store.ts';

const WRITER = fileURLToPath(new URL('./acknowledging-writer.ts', import.meta.url));
const encryptionKey = randomBytes(32);
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-kill-'));
  file = join(folder, 'hub.sqlite');
  await withStore(async ({ registry }) => {
    for (let i = 0; i < 20; i++) await registry.insert(entry(`d${i}`), newTwin({ deviceId: `d${i}` }));
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a store whose process is killed at full rate', () => {
  it('holds every command and twin that was acknowledged, three times over', async () => {
    const commands = new Map<string, Set<string>>();
    const twins = new Map<string, number>();
    for (const kills of [150, 400, 900]) {
      for (const [kind, deviceId, number] of await acknowledgedUntilKilled(kills)) {
        if (kind === 'command') commands.set(deviceId, (commands.get(deviceId) ?? new Set()).add(number));
        else twins.set(deviceId, Number(number));
      }
      await withStore(async (store) => {
        for (const [deviceId, revision] of twins) {
          expect((await store.twins.find({ deviceId }))?.revision).toBeGreaterThanOrEqual(revision);
        }
        for (const [deviceId, numbers] of commands) {
          const kept = new Set(
            (await store.commands.list({ deviceId })).map(({ body }) => Buffer.from(body).toString()),
          );
          expect([...numbers].filter((number) => !kept.has(number))).toEqual([]);
        }
      });
    }
    expect(commands.size + twins.size).toBeGreaterThan(20);
  });
});

/** What the writer acknowledged before SIGKILL, which comes after `lines` lines. */
async function acknowledgedUntilKilled(lines: number): Promise<[string, string, string][]> {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, file, encryptionKey.toString('hex')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const acknowledged: [string, string, string][] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line.split(' ') as [string, string, string]);
    if (acknowledged.length === lines) child.kill('SIGKILL');
  }
  await gone;
  expect(acknowledged.length).toBeGreaterThanOrEqual(lines);
  return acknowledged;
}

async function withStore(use: (store: HubStore) => Promise<void>): Promise<void> {
  const store = await openSqliteStore({ file, encryptionKey });
  await use(store);
  await store.close();
}

function entry(deviceId: string): RegistryEntry {
  return {
    deviceId,
    generationId: 'g',
    etag: 'e',
    status: 'enabled',
    statusReason: null,
    statusUpdatedTime: 0,
    createdTime: 1,
    authentication: {
      type: 'none',
      symmetricKey: { primaryKey: null, secondaryKey: null },
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
    },
    capabilities: { iotEdge: false },
    deviceScope: null,
    parentScopes: [],
    modelId: null,
  };
}
