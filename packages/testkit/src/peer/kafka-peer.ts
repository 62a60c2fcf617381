import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { KafkaDoor, type KafkaDoorOptions } from './kafka-door.ts';

const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('./kafka-cluster.py', import.meta.url));

/** Debian's python3-confluent-kafka. */
export const hasKafka = spawnSync(PYTHON, ['-c', 'import confluent_kafka']).status === 0;

/** As librdkafka's consumer reads it. */
export interface KafkaRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly timestamp: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

export type KafkaPeerOptions = Omit<KafkaDoorOptions, 'upstream'>;

/**
 * A cluster of one broker that librdkafka plays (kafka-cluster.py), behind a door that speaks to today's clients (kafka-door.ts). It keeps its
 * messages in memory, also while it is down.
 */
export class KafkaPeer {
  readonly #door: KafkaDoor;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    lines: AsyncIterator<string>,
    door: KafkaDoor,
  ) {
    this.#child = child;
    this.#lines = lines;
    this.#door = door;
  }

  /** `host:port`. */
  get broker(): string {
    return `${this.#door.address}:${this.#door.port}`;
  }

  static async start(options: KafkaPeerOptions = {}): Promise<KafkaPeer> {
    const child = spawn(PYTHON, [SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    assert(done !== true, 'the Kafka cluster did not start');
    const [host = '', port] = value.split(':');
    return new KafkaPeer(child, lines, await KafkaDoor.open({ ...options, upstream: { host, port: Number(port) } }));
  }

  createTopic(name: string, partitions: number): Promise<unknown> {
    return this.#do({ do: 'topic', name, partitions });
  }

  /** What the cluster says when it is asked for the topic. */
  setTopicError(name: string, code: number): Promise<unknown> {
    return this.#do({ do: 'topicError', name, code });
  }

  /** What it answers the next requests of one kind: an error each, in order. */
  failNext(api: number, codes: readonly number[]): Promise<unknown> {
    return this.#do({ do: 'errors', api, codes });
  }

  async goDown(): Promise<void> {
    await this.#do({ do: 'down' });
    await this.#door.close();
  }

  async comeUp(): Promise<void> {
    await this.#do({ do: 'up' });
    await this.#door.listen();
  }

  /** All that is in it. */
  async read(topic: string): Promise<KafkaRecord[]> {
    const records = (await this.#do({ do: 'read', topic })) as (Omit<KafkaRecord, 'body'> & { body: string })[];
    return records.map((record) => ({ ...record, body: Buffer.from(record.body, 'base64') }));
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
    await this.#door.close();
  }

  async #do(order: object): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await this.#lines.next();
    assert(done !== true, 'the Kafka cluster ended');
    return JSON.parse(value);
  }
}
