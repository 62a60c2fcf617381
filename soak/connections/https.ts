import type { IncomingMessage } from 'node:http';
import { Agent, request as startRequest } from 'node:https';
import { deviceToken } from '@viaduct/testkit';
import { ACKNOWLEDGED_MS_MAX, type ConnectRequest, type SoakConnection } from './connection.ts';

/** Sockets that all devices of this transport share: HTTPS has no connection of a device's own. */
const agent = new Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 64, scheduling: 'fifo' });
const POLL_EVERY_SENDS = 6;

/** HTTPS: one request a message, and now and then a look for commands. */
export async function connectHttps(request: ConnectRequest): Promise<SoakConnection> {
  return new HttpsSoakConnection(request);
}

export function closeHttpsSockets(): void {
  agent.destroy();
}

class HttpsSoakConnection implements SoakConnection {
  readonly #request: ConnectRequest;
  #token = { text: '', madeAt: 0 };
  #sends = 0;
  isOpen = true;

  constructor(request: ConnectRequest) {
    this.#request = request;
  }

  async send(body: string): Promise<void> {
    const status = await this.#ask('POST', 'messages/events', body);
    if (status.code !== 204) throw new Error(`POST was answered ${status.code}: ${status.text}`);
    if (++this.#sends % POLL_EVERY_SENDS === 0) await this.#poll();
  }

  /** There is no plug to pull: the next request just goes over another socket. */
  cut(): void {
    this.isOpen = false;
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  /** Takes every command that waits. */
  async #poll(): Promise<void> {
    for (;;) {
      const answer = await this.#ask('GET', 'messages/devicebound');
      if (answer.code === 204) return;
      if (answer.code !== 200) throw new Error(`GET was answered ${answer.code}: ${answer.text}`);
      const lock = String(answer.headers.etag).replaceAll('"', '');
      this.#request.onCommand(String(answer.headers['iothub-messageid']));
      const done = await this.#ask('DELETE', `messages/devicebound/${encodeURIComponent(lock)}`);
      // 412: the lock was lost, and the command comes again.
      if (done.code !== 204 && done.code !== 412) throw new Error(`DELETE was answered ${done.code}: ${done.text}`);
    }
  }

  #ask(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ code: number; text: string; headers: IncomingMessage['headers'] }> {
    const { ready, ca, device } = this.#request;
    return new Promise((resolve, reject) => {
      const message = startRequest(
        {
          ...{ agent, ca, method, host: ready.hostName, port: ready.ports.https },
          path: `/devices/${device.deviceId}/${path}?api-version=2021-04-12`,
          headers: { authorization: this.#authorization(), 'content-length': Buffer.byteLength(body ?? '') },
          timeout: ACKNOWLEDGED_MS_MAX,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              code: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString().slice(0, 200),
              headers: response.headers,
            }),
          );
        },
      );
      message.on('timeout', () => message.destroy(new Error('no answer')));
      message.on('error', reject);
      message.end(body);
    });
  }

  #authorization(): string {
    if (Date.now() - this.#token.madeAt > 1_800_000) {
      const { device, ready } = this.#request;
      this.#token = { text: deviceToken(device, ready.hostName), madeAt: Date.now() };
    }
    return this.#token.text;
  }
}
