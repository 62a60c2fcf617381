import { writeSync } from 'node:fs';
import { openFileLog } from './file-log.ts';

/**
 * Test code, run as a process of its own until it is killed: writes records at full rate, each with its own offset in it, and prints
 * after every commit which offsets were acknowledged, per partition.
 */
const PARTITIONS = 4;
const PER_TURN = 200;
const directory = process.argv[2]!;
const log = await openFileLog({ directory, partitionCount: PARTITIONS, segmentBytes: 4_194_304, clock: Date });
const written = Array.from({ length: PARTITIONS }, (_, partition) => log.bounds(partition).next);
const head = Buffer.alloc(4);
const body = Buffer.alloc(400, 9);

turn();
turn();

function turn(): void {
  let commit: ReturnType<typeof log.write> | undefined;
  for (let index = 0; index < PER_TURN; index++) {
    const partition = index % PARTITIONS;
    head.writeUInt32LE(written[partition]!++);
    commit = log.write(partition, head, 4, body, 0, index * 2);
  }
  const acknowledged = `${written.join(' ')}.\n`;
  commit?.add({
    committed: () => {
      writeSync(1, acknowledged);
      setImmediate(turn);
    },
    failed: (_, error) => {
      throw error;
    },
  });
}
