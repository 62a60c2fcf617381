import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { nextLoopbackAddress, until } from '@viaduct/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AMQP_ENDPOINT } from './amqp/amqp-endpoint.ts';
import { KAFKA_ENDPOINT } from './kafka/kafka-endpoint.ts';
import { MQTT_ENDPOINT } from './mqtt/mqtt-endpoint.ts';
import { NATS_ENDPOINT } from './nats/nats-endpoint.ts';

let silent: Server;
let host: string;
beforeEach(async () => {
  silent = createServer((socket) => socket.resume().on('error', () => socket.destroy()));
  host = nextLoopbackAddress();
  silent.listen(0, host);
  await once(silent, 'listening');
});
afterEach(() => {
  silent.close();
});

function connections(): Promise<number> {
  return new Promise((resolve, reject) =>
    silent.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}

const at = () => `${host}:${(silent.address() as AddressInfo).port}`;
const KINDS = {
  amqp: (signal: AbortSignal) =>
    AMQP_ENDPOINT.open(AMQP_ENDPOINT.read({ url: `amqp://${at()}`, address: 'q' }), signal),
  kafka: (signal: AbortSignal) => KAFKA_ENDPOINT.open(KAFKA_ENDPOINT.read({ brokers: [at()], topic: 't' }), signal),
  nats: (signal: AbortSignal) =>
    NATS_ENDPOINT.open(NATS_ENDPOINT.read({ servers: [`nats://${at()}`], subject: 's' }), signal),
  mqtt: (signal: AbortSignal) => MQTT_ENDPOINT.open(MQTT_ENDPOINT.read({ url: `mqtt://${at()}`, topic: 't' }), signal),
};

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('an endpoint of the kind %s', (kind) => {
  it('gives up a peer that says nothing when it is told to', async () => {
    const stop = new AbortController();
    const opening = expect(KINDS[kind](stop.signal)).rejects.toMatchObject({
      name: 'EndpointFailure',
      kind: 'transient',
      message: expect.stringContaining('was stopped'),
    });
    await until(async () => (await connections()) > 0, { what: 'it has connected' });
    stop.abort();
    await opening;
    // The client of NATS cannot be told: its own time limit ends it.
    if (kind !== 'nats') await until(async () => (await connections()) === 0, { what: 'it has hung up' });
  });
});
