/**
 * A process for the crash test to kill: patches twins and queues commands, and prints a line for each that was
 * acknowledged, only then.
 *
 *     node --import tsx acknowledging-writer.ts FILE KEY_HEX
 */
import { writeSync } from 'node:fs';
import { argv, stdout } from 'node:process';
import { newTwin } from '../../core/twin/new-twin.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

const [, , file = '', keyHex = ''] = argv;
const DEVICES = 20;
const store = await openSqliteStore({ file, encryptionKey: Buffer.from(keyHex, 'hex') });

async function writeOn(deviceId: string): Promise<never> {
  const identity = { deviceId };
  let twin = (await store.twins.find(identity)) ?? newTwin(identity);
  for (let i = twin.revision + 1; ; i++) {
    const message = { body: Buffer.from(`${i}`), system: {}, application: {}, ack: 'none' as const };
    const times = { enqueuedTime: 1, expiryTime: 2, generationId: 'g' };
    await store.commands.enqueue({ identity, ...message, ...times }, Number.MAX_SAFE_INTEGER);
    // Synchronous: a line that a buffer still held when the process dies would be a promise nobody checks.
    writeSync(stdout.fd, `command ${deviceId} ${i}\n`);
    const next = { ...twin, tags: { i }, revision: i };
    if (await store.twins.save(next, twin.revision)) writeSync(stdout.fd, `twin ${deviceId} ${i}\n`);
    twin = next;
  }
}

await Promise.all(Array.from({ length: DEVICES }, (_, i) => writeOn(`d${i}`)));
