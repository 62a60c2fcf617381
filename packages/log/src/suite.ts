import { setImmediate as nextTurn } from 'node:timers/promises';
import { LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Commit, CommitParty, EventLog, LogRecord } from './event-log.ts';

/**
 * What every event log must do, whoever keeps it. Test code: not exported by the index.
 *
 *     describeEventLog('file log', openOne);
 */
export interface OpenedLog {
  readonly log: EventLog;
  /** Closes the log and opens it again, as after a restart of the server. */
  reopen(): Promise<EventLog>;
  /** Closes the log and removes what it kept. */
  dispose(): Promise<void>;
  /** Sets the time that the log sees, ms since 1970. */
  setTime(time: number): void;
}

const START = 1_700_000_000_000;

export function describeEventLog(
  name: string,
  open: (partitionCount: number, time: number) => Promise<OpenedLog>,
): void {
  describe(`event log: ${name}`, () => {
    let opened: OpenedLog;
    let log: EventLog;

    beforeEach(async () => {
      opened = await open(4, START);
      log = opened.log;
    });
    afterEach(() => opened.dispose());

    describe('offsets and order', () => {
      it('gives a partition offsets that start at 0 and rise by one', async () => {
        const offsets = [];
        for (let index = 0; index < 5; index++) offsets.push((await log.append(1, Buffer.from([index]))).offset);
        expect(offsets).toEqual([0, 1, 2, 3, 4]);
        expect(await log.append(2, Buffer.from([9]))).toEqual({ partition: 2, offset: 0 });
      });

      it('tells appends of one commit apart', async () => {
        const positions = await Promise.all([
          text(log, 0, 'a'),
          text(log, 0, 'b'),
          text(log, 3, 'c'),
          text(log, 0, 'd'),
        ]);
        expect(positions.map(({ partition, offset }) => [partition, offset])).toEqual([
          [0, 0],
          [0, 1],
          [3, 0],
          [0, 2],
        ]);
      });

      it('reads the records of a partition in the order in which they were written, byte for byte', async () => {
        const written = Array.from({ length: 300 }, (_, index) => Buffer.alloc(index * 7, index));
        await Promise.all(written.map((record) => log.append(0, record)));
        const read = await readAll(log, 0);
        expect(read.map(({ offset }) => offset)).toEqual(written.map((_, index) => index));
        expect(read.every(({ data }, index) => data.equals(written[index]!))).toBe(true);
      });

      it('joins head and body to one record and lets the caller reuse both at once', async () => {
        const head = Buffer.from('head----');
        const body = Buffer.from('..body..');
        const commit = log.write(0, head, 4, body, 2, 6);
        head.fill(0);
        body.fill(0);
        await durable(commit);
        expect(strings(await readAll(log, 0))).toEqual(['headbody']);
      });

      it('keeps an empty record and one of the largest size', async () => {
        await log.append(0, Buffer.alloc(0));
        await log.append(0, Buffer.alloc(LIMITS.RECORD_BYTES_MAX, 7));
        expect((await readAll(log, 0)).map(({ data }) => data.length)).toEqual([0, LIMITS.RECORD_BYTES_MAX]);
      });

      it('refuses a record past the largest size, and keeps working', async () => {
        await expect(log.append(0, Buffer.alloc(LIMITS.RECORD_BYTES_MAX + 1))).rejects.toMatchObject({
          code: 'message.tooLarge',
        });
        expect((await text(log, 0, 'next')).offset).toBe(0);
      });

      it('keeps far more than one commit can hold, in order', async () => {
        const record = Buffer.alloc(1_000_000, 1);
        const appends = Array.from({ length: 20 }, () => log.append(2, record));
        expect((await Promise.all(appends)).map(({ offset }) => offset)).toEqual(appends.map((_, index) => index));
      });
    });

    describe('commits', () => {
      it('tells each party once, however many records it wrote', async () => {
        const party = new RecordingParty();
        let last: Commit | undefined;
        for (let index = 0; index < 10; index++) {
          const commit = log.write(index % 4, Buffer.from([index]), 1, Buffer.alloc(0), 0, 0);
          if (commit !== last) commit.add(party);
          last = commit;
        }
        await durable(last!);
        expect(party.committedCommits).toEqual([last]);
      });

      it('gives different commits different identities, for ever', async () => {
        const seen = new Set<Commit>();
        for (let index = 0; index < 50; index++) {
          const commit = log.write(0, Buffer.from([index]), 1, Buffer.alloc(0), 0, 0);
          await durable(commit);
          seen.add(commit);
        }
        expect(seen.size).toBe(50);
      });

      it('tells the other parties when one throws', async () => {
        const commit = log.write(0, Buffer.from('x'), 1, Buffer.alloc(0), 0, 0);
        const after = new RecordingParty();
        commit.add({
          committed: () => {
            throw new RangeError('a party with a fault of its own');
          },
          failed: () => {},
        });
        commit.add(after);
        await durable(commit);
        expect(after.committedCommits).toEqual([commit]);
        expect((await text(log, 0, 'y')).offset).toBe(1);
      });

      it('lets nobody read a record before its commit is durable', async () => {
        const commit = log.write(0, Buffer.from('x'), 1, Buffer.alloc(0), 0, 0);
        expect(log.bounds(0).next).toBe(0);
        expect(await log.read(0, 0, 1_000)).toEqual([]);
        await durable(commit);
        expect(strings(await readAll(log, 0))).toEqual(['x']);
      });

      it('lets a party read its own records when it is told', async () => {
        const commit = log.write(0, Buffer.from('x'), 1, Buffer.alloc(0), 0, 0);
        const next = await new Promise<number>((resolve, reject) => {
          commit.add({ committed: () => resolve(log.bounds(0).next), failed: (_, error) => reject(error) });
        });
        expect(next).toBe(1);
      });
    });

    describe('enqueued time', () => {
      it('is the time of sealing, and never falls when the clock does', async () => {
        opened.setTime(START + 500);
        await text(log, 0, 'a');
        opened.setTime(START - 10_000);
        await text(log, 0, 'b');
        opened.setTime(START + 900);
        await text(log, 0, 'c');
        expect((await readAll(log, 0)).map(({ enqueuedTime }) => enqueuedTime - START)).toEqual([500, 500, 900]);
        expect(log.bounds(0).lastEnqueuedTime).toBe(START + 900);
      });

      it('does not fall across a restart', async () => {
        opened.setTime(START + 500);
        await text(log, 0, 'a');
        log = await opened.reopen();
        opened.setTime(START);
        await text(log, 0, 'b');
        expect((await readAll(log, 0)).map(({ enqueuedTime }) => enqueuedTime - START)).toEqual([500, 500]);
      });

      it('is 0 for a partition that never had a record', () => {
        expect(log.bounds(3)).toEqual({ first: 0, next: 0, lastEnqueuedTime: 0 });
      });

      it('finds the first offset at or after a time', async () => {
        for (let index = 0; index < 20; index++) {
          opened.setTime(START + index * 100);
          await text(log, index % 2, String(index));
        }
        expect(await log.offsetAt(0, START - 1)).toBe(0);
        expect(await log.offsetAt(0, START)).toBe(0);
        expect(await log.offsetAt(0, START + 1)).toBe(1);
        expect(await log.offsetAt(0, START + 200)).toBe(1);
        expect(await log.offsetAt(1, START + 200)).toBe(1);
        expect(await log.offsetAt(0, START + 1_800)).toBe(9);
        expect(await log.offsetAt(0, START + 1_801)).toBe(10);
        expect(await log.offsetAt(2, START)).toBe(0);
      });
    });

    describe('reading', () => {
      it('reads about as many bytes as asked for, at least one record, and goes on where it stopped', async () => {
        await Promise.all(Array.from({ length: 100 }, (_, index) => log.append(0, Buffer.alloc(100, index))));
        expect((await log.read(0, 0, 1)).length).toBe(1);
        const some = await log.read(0, 10, 1_000);
        expect(some.map(({ offset }) => offset)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
      });

      it('reads nothing at and past the tail', async () => {
        await text(log, 0, 'a');
        expect(await log.read(0, 1, 1_000)).toEqual([]);
        expect(await log.read(0, 1_000_000, 1_000)).toEqual([]);
      });

      it('serves readers at different places at once, while records come in', async () => {
        const appends = Array.from({ length: 400 }, (_, index) => text(log, index % 4, String(index)));
        await Promise.all(appends.slice(0, 200));
        const lists = await Promise.all(
          [0, 1, 2, 3].flatMap((partition) => [readAll(log, partition, 10), readAll(log, partition)]),
        );
        await Promise.all(appends);
        lists.forEach((records, index) => {
          const partition = index >> 1;
          expect(strings(records)).toEqual(records.map((_, at) => String(at * 4 + partition)));
          expect(records.length).toBeGreaterThanOrEqual(50);
        });
      });

      it('keeps the bytes it handed out as they were', async () => {
        await text(log, 0, 'first');
        const [first] = await log.read(0, 0, 1_000);
        for (let index = 0; index < 50; index++) await text(log, 0, 'x'.repeat(5_000));
        await readAll(log, 0);
        expect(first!.data.toString()).toBe('first');
      });
    });

    describe('waiting', () => {
      it('resolves at once when the record is there', async () => {
        await text(log, 0, 'a');
        expect(await log.wait(0, 0, new AbortController().signal)).toBe(true);
      });

      it('wakes every waiter of the partition, and no waiter of another', async () => {
        const { signal } = new AbortController();
        const woken: string[] = [];
        const here = [0, 1, 2].map((index) => log.wait(0, 0, signal).then(() => woken.push(`here ${index}`)));
        const abort = new AbortController();
        const elsewhere = log.wait(1, 0, abort.signal);
        await text(log, 0, 'a');
        await Promise.all(here);
        abort.abort();
        expect(woken.length).toBe(3);
        expect(await elsewhere).toBe(false);
      });

      it('keeps waiting for an offset that is still to come', async () => {
        let woken = false;
        const waiting = log.wait(0, 2, new AbortController().signal).then(() => {
          woken = true;
        });
        await text(log, 0, 'a');
        await text(log, 0, 'b');
        await nextTurn();
        expect(woken).toBe(false);
        await text(log, 0, 'c');
        await waiting;
        expect(woken).toBe(true);
      });

      it('resolves to false when aborted, before or while waiting', async () => {
        const controller = new AbortController();
        const waiting = log.wait(0, 0, controller.signal);
        controller.abort();
        expect(await waiting).toBe(false);
        expect(await log.wait(0, 0, controller.signal)).toBe(false);
      });
    });

    describe('checkpoints', () => {
      it('keeps the last one of each group and partition across a restart', async () => {
        for (let index = 0; index < 8; index++) await Promise.all([text(log, 0, 'a'), text(log, 3, 'b')]);
        await log.setCheckpoint('$Default', 0, 5);
        await Promise.all([
          log.setCheckpoint('$Default', 0, 7),
          log.setCheckpoint('$Default', 3, 1),
          log.setCheckpoint('rules', 0, 2),
        ]);
        log = await opened.reopen();
        expect(log.checkpoint('$Default', 0)).toBe(7);
        expect(log.checkpoint('$Default', 3)).toBe(1);
        expect(log.checkpoint('rules', 0)).toBe(2);
        expect(log.checkpoint('rules', 1)).toBeUndefined();
        expect(log.checkpoint('nobody', 0)).toBeUndefined();
      });

      it('accepts any group name', async () => {
        await text(log, 0, 'a');
        await log.setCheckpoint('__proto__', 0, 1);
        log = await opened.reopen();
        expect(log.checkpoint('__proto__', 0)).toBe(1);
      });
    });

    describe('restart', () => {
      it('keeps every record and goes on with the next offsets', async () => {
        for (let index = 0; index < 40; index++) await text(log, index % 4, String(index));
        log = await opened.reopen();
        expect(strings(await readAll(log, 2))).toEqual(['2', '6', '10', '14', '18', '22', '26', '30', '34', '38']);
        expect((await text(log, 2, 'after')).offset).toBe(10);
        log = await opened.reopen();
        expect(log.bounds(2).next).toBe(11);
        expect(log.bounds(0).next).toBe(10);
      });

      it('finishes the commits under way when it is closed, and accepts no more', async () => {
        const pending = Array.from({ length: 100 }, (_, index) => text(log, 0, String(index)));
        const closed = log.close();
        expect(() => log.write(0, Buffer.from('x'), 1, Buffer.alloc(0), 0, 0)).toThrow(
          expect.objectContaining({ code: 'log.unavailable' }),
        );
        expect((await Promise.all(pending)).length).toBe(100);
        await closed;
        log = await opened.reopen();
        expect(log.bounds(0).next).toBe(100);
      });

      it('lets waiters go when it is closed', async () => {
        const waiting = log.wait(0, 0, new AbortController().signal);
        await log.close();
        expect(await waiting).toBe(false);
        log = await opened.reopen();
      });

      it('is available after opening', () => {
        expect(log.state()).toEqual({ kind: 'available' });
      });
    });
  });
}

class RecordingParty implements CommitParty {
  readonly committedCommits: Commit[] = [];
  readonly failedCommits: Commit[] = [];

  committed(commit: Commit): void {
    this.committedCommits.push(commit);
  }

  failed(commit: Commit): void {
    this.failedCommits.push(commit);
  }
}

export function durable(commit: Commit): Promise<void> {
  return new Promise((resolve, reject) => {
    commit.add({ committed: () => resolve(), failed: (_, error) => reject(error) });
  });
}

/** Every readable record of a partition, in reads of `maxBytes`. */
export async function readAll(log: EventLog, partition: number, maxBytes = 65_536): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const { first, next } = log.bounds(partition);
  for (let offset = first; offset < next; offset = records[records.length - 1]!.offset + 1) {
    records.push(...(await log.read(partition, offset, maxBytes)));
  }
  return records;
}

function text(log: EventLog, partition: number, content: string) {
  return log.append(partition, Buffer.from(content));
}

function strings(records: readonly LogRecord[]): string[] {
  return records.map(({ data }) => data.toString());
}
