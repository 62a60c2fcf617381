import { createServer } from 'node:net';

/**
 * Whether this user may bind port 443, on which REST and WebSocket clients insist. Tests that need it are skipped where not:
 *
 *     describe.skipIf(!lowPorts)('the registry over REST', …)
 */
export const lowPorts: boolean = await mayBind('127.0.0.9', 443);

function mayBind(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EACCES'))
      .once('listening', () => server.close(() => resolve(true)))
      .listen(port, host);
  });
}
