import { parseArgs } from 'node:util';
import {
  AMQP_ENDPOINT,
  EndpointAdapters,
  type EndpointConnection,
  KAFKA_ENDPOINT,
  MQTT_ENDPOINT,
  NATS_ENDPOINT,
  type RoutedMessage,
} from '@viaduct/hub';
import { createNatsStream, KafkaPeer, startMosquitto, startNats, startRabbitMq } from '@viaduct/testkit';

/**
 * How fast each kind of endpoint delivers to a broker on this machine: `npx tsx --conditions=source bench/endpoints.ts [--seconds 5]`.
 *
 * Batches as the worker makes them (1,000 messages of 200 bytes of 100 devices, and of one), one after the other. The broker shares the cores; the Kafka
 * cluster is librdkafka's mock in one Python process behind a door in this one, so its figure says what the adapter can do, not what Kafka can.
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const SECONDS = Number(values.seconds);
const ADAPTERS = new EndpointAdapters([AMQP_ENDPOINT, KAFKA_ENDPOINT, NATS_ENDPOINT, MQTT_ENDPOINT]);
const BATCH = 1_000;
const BODY = Buffer.from(`{"temperature":21.5,"filler":"${'x'.repeat(165)}"}`);

let offset = 0;
const signal = new AbortController().signal;

function batchOf(devices: number): RoutedMessage[] {
  return Array.from({ length: BATCH }, (_, n) => {
    const deviceId = `device-${n % devices}`;
    offset += 1;
    return {
      ...{ partition: 0, offset, enqueuedTime: Date.now(), source: 'DeviceMessages', deviceId, body: BODY },
      system: {
        ...{ messageId: String(offset), contentType: 'application/json', contentEncoding: 'utf-8' },
        ...{ connectionDeviceId: deviceId, 'iothub-message-source': 'Telemetry' },
      },
      application: { level: 'high' },
    };
  });
}

async function measure(what: string, json: Record<string, unknown>): Promise<void> {
  const adapter = ADAPTERS.adapter(String(json.kind));
  for (const devices of [100, 1]) {
    const connection = await adapter.open(adapter.read(json), signal);
    await connection.deliver(batchOf(devices), signal);
    console.log(`${what.padEnd(34)} ${String(devices).padStart(4)} devices  ${await rate(connection, devices)}`);
    await connection.close();
  }
}

async function rate(connection: EndpointConnection, devices: number): Promise<string> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  let count = 0;
  while (performance.now() - started < SECONDS * 1_000) {
    await connection.deliver(batchOf(devices), signal);
    count += BATCH;
  }
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const perMessage = (user + system) / count;
  return `${Math.round(count / seconds)
    .toLocaleString('en')
    .padStart(8)} messages/s  ${perMessage.toFixed(0).padStart(4)} us CPU each`;
}

const rabbit = await startRabbitMq({ user: 'hub', password: 'x', queues: { bench: { 'x-max-length': 10_000 } } });
const amqpUrl = `amqp://hub:x@${rabbit.address}:${rabbit.port}`;
await measure('AMQP 1.0, RabbitMQ, durable queue', { kind: 'amqp', url: amqpUrl, address: '/amq/queue/bench' });
await rabbit.close();

const kafka = await KafkaPeer.start();
await kafka.createTopic('bench', 4);
await measure('Kafka, acks=all, librdkafka mock', { kind: 'kafka', brokers: [kafka.broker], topic: 'bench' });
await kafka.close();

const nats = await startNats();
await createNatsStream(nats, { name: 'BENCH', subjects: ['bench.>'], max_msgs: 10_000 });
const natsJson = { kind: 'nats', servers: [`nats://${nats.address}:${nats.port}`], subject: 'bench.{deviceId}' };
await measure('NATS JetStream, file', natsJson);
await measure('NATS', { ...natsJson, jetStream: false });
await nats.close();

const mosquitto = await startMosquitto();
const mqttJson = { kind: 'mqtt', url: `mqtt://${mosquitto.address}:${mosquitto.port}`, topic: 'bench/{deviceId}' };
await measure('MQTT 5, QoS 1, nobody listens', mqttJson);
await measure('MQTT 5, QoS 0, nobody listens', { ...mqttJson, qos: 0 });
await mosquitto.close();
