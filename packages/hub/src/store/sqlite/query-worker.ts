import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { asHubError } from '@viaduct/contracts';
import { asStoreRefusal } from './open-database.ts';
import type { QueryOrder, QueryReply, QueryWorkerData } from './query-workers.ts';
import { openQueryConnection, runStatement } from './run-statement.ts';

/**
 * A thread that runs queries, one after another, on a connection of its own. `stop` holds the number of the query that is to end: it
 * is looked at for every row, because SQLite cannot be interrupted from another thread through its driver.
 */
const { file, stop } = workerData as QueryWorkerData;
const stopping = new Int32Array(stop);
const port = parentPort;
assert(port !== null, 'this file is the start of a worker thread');

let running = 0;
const database = openQueryConnection(file, () => {
  if (Atomics.load(stopping, 0) === running) throw new Stopped();
});

class Stopped extends Error {}

reply({ kind: 'ready' });
port.on('message', ({ number, statement }: QueryOrder) => {
  running = number;
  const begun = performance.now();
  try {
    const answer = runStatement(database, statement);
    reply({ kind: 'answered', number, answer, ms: performance.now() - begun });
  } catch (error) {
    if (error instanceof Stopped) reply({ kind: 'stopped', number });
    else {
      const { code, message } = asHubError(asStoreRefusal(error));
      const stack = code === 'server.fault' && error instanceof Error ? error.stack : undefined;
      reply({ kind: 'failed', number, code, message, stack });
    }
  }
});

function reply(message: QueryReply): void {
  port?.postMessage(message);
}
