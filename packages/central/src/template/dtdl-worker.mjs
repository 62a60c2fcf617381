// A thread that reads DTDL: a large model takes the parser 0.4 s and its start 0.8 s, in which the thread that serves devices would
// acknowledge nothing. It is plain JavaScript, so that it starts the same from source and from a build.
import { parentPort } from 'node:worker_threads';
import { getInterop } from '@digicatapult/dtdl-parser';

const parser = await getInterop();

parentPort.on('message', (json) => parentPort.postMessage(faultsOf(json)));

/** What the parser throws, as it says it; null for a model that it takes. */
function faultsOf(json) {
  try {
    parser.parse(json);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
