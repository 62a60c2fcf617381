import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { RefusalRecord } from '@viaduct/hub';
import { RawMqtt, type TestDevice, type TestServer, until } from '@viaduct/testkit';
import { expect } from 'vitest';

export type ListenerName = 'mqtt' | 'amqp' | 'https';

let lastAddress = 0;

/** A loopback address that nobody used before: whoever attacks from it is told apart in the book of refusals. */
export function freshAddress(): string {
  lastAddress++;
  return `127.250.${(process.pid % 250) + 1}.${lastAddress}`;
}

/** A TLS connection that says what it likes. */
export class Attacker {
  readonly address: string;
  readonly socket: TLSSocket;
  #received = Buffer.alloc(0);
  #isClosed = false;

  private constructor(address: string, socket: TLSSocket) {
    this.address = address;
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    // A reset is one of the ways in which a server may get rid of an attacker.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#isClosed = true;
    });
  }

  static async open({ ready }: TestServer, listener: ListenerName, address = freshAddress()): Promise<Attacker> {
    const raw = connectTcp({
      host: ready.hostName,
      port: ready.ports[listener],
      localAddress: address,
      allowHalfOpen: true,
    });
    const socket = connect({
      socket: raw,
      host: ready.hostName,
      ca: readFileSync(ready.caFile),
    });
    await once(socket, 'secureConnect');
    return new Attacker(address, socket);
  }

  get received(): Buffer {
    return this.#received;
  }

  get text(): string {
    return this.#received.toString('latin1');
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  say(bytes: Uint8Array | string): void {
    if (!this.#isClosed) this.socket.write(bytes);
  }

  async untilClosed(timeoutMs = 10_000): Promise<void> {
    await until(() => this.#isClosed || this.socket.readableEnded, {
      timeoutMs,
      what: `the server hangs up on ${this.address}`,
    });
    this.socket.destroy();
  }

  async untilReceived(bytes: number): Promise<Buffer> {
    return await until(() => (this.#received.length >= bytes ? this.#received.subarray(0, bytes) : undefined), {
      what: `${bytes} bytes`,
    });
  }

  async untilAnswered(pattern: RegExp): Promise<string> {
    return await until(() => (pattern.test(this.text) ? this.text : undefined), {
      what: `an answer like ${pattern} (so far: ${this.text.slice(0, 200)})`,
    });
  }
}

/** What was booked for whoever came from this address, whichever device they claimed to be. */
export async function refusalsFrom(
  server: TestServer,
  address: string,
  deviceId: string | null = null,
): Promise<readonly RefusalRecord[]> {
  const all = await server.hub.refusals.list(deviceId);
  return all.filter(({ remoteAddress }) => remoteAddress === address);
}

/** Booked, and once: the operator sees one line, not one a packet. */
export async function expectBookedOnce(
  server: TestServer,
  address: string,
  code: string | RegExp,
  deviceId: string | null = null,
): Promise<void> {
  const found = await until(
    async () => {
      const refusals = await refusalsFrom(server, address, deviceId);
      return refusals.length > 0 ? refusals : undefined;
    },
    { what: `a refusal of ${address}` },
  );
  expect(found.map((refusal) => refusal.count)).toEqual([1]);
  expect(found[0]?.code).toMatch(code instanceof RegExp ? code : new RegExp(`^${code.replace('.', '\\.')}$`));
}

/** A device that does everything right; whatever the others do, it must not notice. */
export class Neighbour {
  readonly #mqtt: RawMqtt;
  readonly #device: TestDevice;
  #lastId = 0;

  private constructor(mqtt: RawMqtt, device: TestDevice) {
    this.#mqtt = mqtt;
    this.#device = device;
  }

  static async connect(server: TestServer): Promise<Neighbour> {
    const device = await server.createDevice();
    const mqtt = await RawMqtt.open(server.ready);
    expect(await mqtt.connectAs(device, server.ready.hostName)).toBe(0);
    return new Neighbour(mqtt, device);
  }

  /** Sends a message on the connection it had from the beginning, and has it acknowledged. */
  async expectUnaffected(): Promise<void> {
    const id = (this.#lastId % 0xffff) + 1;
    this.#lastId = id;
    this.#mqtt.publish(`devices/${this.#device.deviceId}/messages/events/`, 'all is well', id);
    expect((await this.#mqtt.next('puback')).messageId).toBe(id);
  }

  close(): void {
    this.#mqtt.close();
  }
}
