import { createServer } from 'node:http';
import { bindPort } from './bind-port.ts';
import type { ServerConfig } from './config.ts';
import { withPort } from './host-names.ts';
import { StartFault } from './start-fault.ts';

export interface HealthSources {
  readonly metrics: () => Promise<string>;
  /** Undefined when the server takes messages; otherwise why it does not. */
  readonly notReadyBecause: () => string | undefined;
}

export interface HealthListener {
  /** Of the metrics. */
  readonly url: string;
  close(): void;
}

/**
 * Plain HTTP for monitoring: `/metrics`, `/livez` (the process runs) and `/readyz` (it takes messages). Without a sign-in,
 * so it listens on loopback unless an address was given, and tells nothing about devices.
 *
 * Undefined when its port is busy and nobody asked for that port: a second server on one machine is no fault.
 *
 * @throws StartFault when the port was asked for and cannot be had
 */
export async function openHealthListener(
  config: ServerConfig,
  sources: HealthSources,
): Promise<HealthListener | undefined> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', sources).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500, { 'content-type': TEXT }).end('the metrics could not be collected\n'),
    );
  });
  const address = config.bindAddress ?? '127.0.0.1';
  try {
    const request = { what: 'metrics', address, ports: [config.metricsPort] as [number], mustBeFree: true };
    const { port } = await bindPort(server, request);
    return { url: `http://${withPort(address, port, 80)}/metrics`, close: () => void server.close() };
  } catch (error) {
    if (error instanceof StartFault && !config.given.has('metricsPort')) return undefined;
    throw error;
  }
}

const TEXT = 'text/plain; charset=utf-8';

async function answer(url: string, { metrics, notReadyBecause }: HealthSources) {
  switch (url.split('?', 1)[0]) {
    case '/metrics':
      return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await metrics() };
    case '/livez':
      return { status: 200, type: TEXT, body: 'alive\n' };
    case '/readyz': {
      const reason = notReadyBecause();
      return { status: reason === undefined ? 200 : 503, type: TEXT, body: `${reason ?? 'ready'}\n` };
    }
    default:
      return { status: 404, type: TEXT, body: 'served here: /metrics /livez /readyz\n' };
  }
}
