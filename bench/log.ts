import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Commit, type CommitParty, type FileEventLog, openFileLog, realDisk, type SyncMethod } from '@viaduct/log';

/**
 * What the event log can do on this machine: `npx tsx bench/log.ts [--directory DIR] [--records 3000000]`.
 * One process writes and reads, so CPU seconds are those of both. Compare figures of one run only.
 */
const { values } = parseArgs({
  options: {
    directory: { type: 'string', default: tmpdir() },
    records: { type: 'string', default: '3000000' },
  },
});
const RECORDS = Number(values.records);
const PARTITIONS = 8;
const RECORD_BYTES = 200;
const head = Buffer.alloc(48, 1);
const body = Buffer.alloc(65_536, 2);

await compareSyncMethods();
await writeCost();
await throughput();
for (const delay of [0, 1, 2]) await latency(5_000, delay);
await latency(200, 0);

/** The choice between O_DSYNC and fdatasync, and what a growing file costs, on the disk in question. */
async function compareSyncMethods(): Promise<void> {
  console.log('one commit, alone, into a zero-filled file of 64 MiB: p50 / p99 ms, CPU us');
  for (const size of [300, 4_096, 65_536, 1_048_576]) {
    for (const method of ['dsync', 'fdatasync'] as SyncMethod[]) {
      console.log(`  ${String(size).padStart(8)} bytes  ${method.padEnd(10)} ${await timeSync(method, size)}`);
    }
  }
}

async function timeSync(method: SyncMethod, size: number): Promise<string> {
  const directory = await mkdtemp(join(values.directory, 'log-bench-'));
  const path = join(directory, 'file');
  const zeros = await open(path, constants.O_CREAT | constants.O_WRONLY);
  for (let at = 0; at < 64; at++) await zeros.write(Buffer.alloc(1_048_576), 0, 1_048_576, at * 1_048_576);
  await zeros.sync();
  await zeros.close();
  const file = await realDisk(method).open(path, 'write');
  const block = Buffer.alloc(size, 3);
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const count = size > 500_000 ? 60 : 400;
  for (let index = 0, at = 0; index < count; index++, at = (at + size) % 66_000_000) {
    const started = performance.now();
    await file.write([block], at);
    times.push(performance.now() - started);
  }
  const used = process.cpuUsage(cpu);
  await file.close();
  await rm(directory, { recursive: true });
  return `${quantile(times, 0.5).toFixed(3)} / ${quantile(times, 0.99).toFixed(3)}   ${((used.user + used.system) / count).toFixed(0)}`;
}

/** The synchronous cost of `write`: what the hub's thread pays per record before the disk has any part in it. */
async function writeCost(): Promise<void> {
  await withLog({}, async (log) => {
    const times: number[] = [];
    for (let round = 0; round < 40; round++) {
      const started = performance.now();
      const commit = writeMany(log, 20_000);
      times.push(((performance.now() - started) / 20_000) * 1e6);
      await durable(commit);
    }
    console.log(
      `write: ${quantile(times, 0.5).toFixed(0)} ns a record of ${RECORD_BYTES} bytes, copy included (p50 of rounds)`,
    );
    const copies: number[] = [];
    const target = Buffer.alloc(RECORD_BYTES * 20_000);
    for (let round = 0; round < 40; round++) {
      const started = performance.now();
      for (let index = 0; index < 20_000; index++) {
        head.copy(target, index * RECORD_BYTES, 0, 48);
        body.copy(target, index * RECORD_BYTES + 48, 0, RECORD_BYTES - 48);
      }
      copies.push(((performance.now() - started) / 20_000) * 1e6);
    }
    console.log(`  the two Buffer.copy calls of such a record alone: ${quantile(copies, 0.5).toFixed(0)} ns`);
  });
}

async function throughput(): Promise<void> {
  await withLog({}, async (log) => {
    for (const perTick of [100, 1_000, 4_000]) await appendRate(log, perTick);
    for (const maxBytes of [65_536, 1_048_576]) await readRate(log, maxBytes);
  });
}

/** As the hub does it: each turn of the event loop brings some records; at most a window of them waits for the disk. */
async function appendRate(log: FileEventLog, perTick: number): Promise<void> {
  const window = perTick * 4;
  let waiting = 0;
  let written = 0;
  const before = log.stats();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const turn = () => {
      while (written < RECORDS && waiting + perTick <= window) {
        const commit = writeMany(log, perTick);
        waiting += perTick;
        written += perTick;
        commit.add({
          committed: () => {
            waiting -= perTick;
            if (written >= RECORDS && waiting === 0) resolve();
            else setImmediate(turn);
          },
          failed: (_, error) => {
            throw error;
          },
        } satisfies CommitParty);
      }
    };
    turn();
  });
  const seconds = (performance.now() - started) / 1_000;
  const after = log.stats();
  const used = process.cpuUsage(cpu);
  const cpuPerMillion = (used.user + used.system) / written;
  console.log(
    `append, ${perTick} a turn: ${thousands(written / seconds)} records/s, ${cpuPerMillion.toFixed(3)} CPU-s/M ` +
      `(user ${(used.user / written).toFixed(3)}), ${(written / (after.commits - before.commits)) | 0} records a commit, ` +
      `commit p50 ${after.commitMsP50.toFixed(2)} ms p99 ${after.commitMsP99.toFixed(2)} ms`,
  );
}

async function readRate(log: FileEventLog, maxBytes: number): Promise<void> {
  let records = 0;
  let reads = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (let partition = 0; partition < 2; partition++) {
    const { next } = log.bounds(partition);
    for (let offset = 0; offset < next; ) {
      const batch = await log.read(partition, offset, maxBytes);
      reads++;
      records += batch.length;
      offset = batch[batch.length - 1]!.offset + 1;
    }
  }
  const seconds = (performance.now() - started) / 1_000;
  const used = process.cpuUsage(cpu);
  console.log(
    `read from earliest, one reader, ${maxBytes} bytes a read: ${thousands(records / seconds)} records/s, ` +
      `${((used.user + used.system) / records).toFixed(3)} CPU-s/M, ${(records / reads) | 0} records a read`,
  );
}

/** Open loop: records are due at fixed times, and late ones are timed from when they were due. */
async function latency(perSecond: number, commitDelayMs: number): Promise<void> {
  await withLog({ commitDelayMs }, async (log) => {
    const times: number[] = [];
    const total = Math.min(perSecond * 4, 20_000);
    const cpu = process.cpuUsage();
    const started = performance.now();
    let written = 0;
    await new Promise<void>((resolve) => {
      const turn = () => {
        const due = Math.min(total, Math.floor(((performance.now() - started) / 1_000) * perSecond));
        for (; written < due; written++) {
          const scheduled = started + ((written + 1) / perSecond) * 1_000;
          log.write(written % PARTITIONS, head, 48, body, 0, RECORD_BYTES - 48).add({
            committed: () => {
              if (times.push(performance.now() - scheduled) === total) resolve();
            },
            failed: (_, error) => {
              throw error;
            },
          });
        }
        if (written < total) setTimeout(turn, 1);
      };
      turn();
    });
    const used = process.cpuUsage(cpu);
    console.log(
      `latency at ${perSecond}/s, delay ${commitDelayMs} ms: p50 ${quantile(times, 0.5).toFixed(2)} ms, ` +
        `p99 ${quantile(times, 0.99).toFixed(2)} ms (timer of 1 ms included), ` +
        `${((used.user + used.system) / total).toFixed(0)} CPU-s/M, ${log.stats().commits} commits`,
    );
  });
}

function writeMany(log: FileEventLog, count: number): Commit {
  let commit: Commit | undefined;
  for (let index = 0; index < count; index++) {
    commit = log.write(index & (PARTITIONS - 1), head, 48, body, index, index + RECORD_BYTES - 48);
  }
  return commit!;
}

function durable(commit: Commit): Promise<void> {
  return new Promise((resolve, reject) => {
    commit.add({ committed: () => resolve(), failed: (_, error) => reject(error) });
  });
}

async function withLog(options: { commitDelayMs?: number }, work: (log: FileEventLog) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(values.directory, 'log-bench-'));
  const log = await openFileLog({ directory, partitionCount: PARTITIONS, clock: Date, ...options });
  try {
    await work(log);
  } finally {
    await log.close();
    await rm(directory, { recursive: true });
  }
}

function quantile(times: number[], share: number): number {
  return times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))]!;
}

function thousands(value: number): string {
  return `${Math.round(value / 1_000).toLocaleString('en')} k`;
}
