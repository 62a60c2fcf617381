/**
 * aedes as its README starts it, and nothing else: memory persistence, no authentication.
 *
 *     node aedes-server.mjs HOST PLAIN_PORT TLS_PORT CERT_FILE KEY_FILE
 *
 * Plain JavaScript, so that no loader of ours shows in its memory or its CPU.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';

const [host, plainPort, tlsPort, certFile, keyFile] = process.argv.slice(2);
const broker = await Aedes.createBroker();
const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile), minVersion: 'TLSv1.3' };

createServer(broker.handle).listen({ port: Number(plainPort), host, backlog: 1024 });
createTlsServer(tls, broker.handle).listen({ port: Number(tlsPort), host, backlog: 1024 });
process.once('SIGTERM', () => process.exit(0));
