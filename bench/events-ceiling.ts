import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { makeBenchFiles } from './bench-files.ts';

/**
 * What `events.ts` compares with: a TLS server that sends frames which are ready, as large as an event's and in pieces as large as
 * the hub's. No log, no encoding, no AMQP: the machine, Node's TLS, and the reader are all there is.
 *
 *     node --import tsx bench/events-ceiling.ts HOST READY_FILE EVENTS
 */
const [host = '', readyFile = '', events = '0'] = process.argv.slice(2);
const FRAME_BYTES = 640;
const FRAMES_A_PIECE = 200;

const folder = mkdtempSync(join(tmpdir(), 'events-ceiling-'));
const { certFile, keyFile } = makeBenchFiles(folder);
const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
rmSync(folder, { recursive: true });

const frame = Buffer.alloc(FRAME_BYTES);
frame.writeUInt32BE(FRAME_BYTES);
frame.set([2, 0, 0, 0, 0, 0x53, 0x14], 4);
const piece = Buffer.concat(Array.from({ length: FRAMES_A_PIECE }, () => frame));

const server = createServer({ cert, key }, (socket) => {
  socket.on('error', () => socket.destroy());
  let left = Number(events);
  const send = () => {
    while (left > 0) {
      left -= FRAMES_A_PIECE;
      if (!socket.write(Buffer.from(piece))) return void socket.once('drain', send);
    }
  };
  send();
});
server.listen(0, host, () => {
  const address = server.address();
  writeFileSync(`${readyFile}.new`, String(typeof address === 'object' ? address?.port : ''));
  renameSync(`${readyFile}.new`, readyFile);
});
process.on('SIGTERM', () => process.exit());
