import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { asHubError, type DeviceIdentity, type HubError } from '@viaduct/contracts';
import type { Hub } from '../../../core/hub.ts';
import type { JsonObject } from '../../../core/ports.ts';
import { AuthMethod, type Speaker } from '../../../core/record/record.ts';
import type { DeviceSession, MethodAnswer, MethodCall } from '../../../core/session/device-session.ts';
import { amqpErrorOf } from '../amqp-error.ts';
import type { AttachRequest, ConnectionHandler, Link, ServerConnection } from '../engine/engine.ts';
import { serveWithRhea } from '../engine/rhea-connection.ts';
import { CommandLinks } from './command-links.ts';
import type { DeviceLinkHost } from './device-links.ts';
import { MethodLinks } from './method-links.ts';
import { TwinLinks } from './twin-links.ts';

/**
 * A device's links on one connection and nothing around them, for tests: no tokens, no TLS; whoever connects is the
 * identity. Everything else is real: engine, socket, hub, session directory.
 */
class LinksUnderTest implements ConnectionHandler, DeviceLinkHost, DeviceSession {
  readonly hub: Hub;
  readonly speaker: Speaker;
  readonly transport = 'amqp';
  readonly remoteAddress = '127.0.0.1';
  readonly connectedTime: number;
  readonly commands: CommandLinks;
  readonly methods: MethodLinks;
  readonly twin: TwinLinks;
  readonly links = new Set<Link>();
  readonly refusals: HubError[] = [];
  readonly faults: unknown[] = [];
  connection: ServerConnection | undefined;
  endedWith: { readonly fault: unknown } | undefined;
  heardCount = 0;

  constructor(hub: Hub, identity: DeviceIdentity) {
    this.hub = hub;
    this.speaker = { ...identity, generationId: '1', authMethod: AuthMethod.deviceKey, modelId: null };
    this.connectedTime = hub.clock.now();
    this.commands = new CommandLinks(this);
    this.methods = new MethodLinks(this);
    this.twin = new TwinLinks(this);
    hub.sessions.enter(this);
  }

  // ---- the connection --------------------------------------------------------------------------------------------------

  async authenticatePlain(): Promise<boolean> {
    return true;
  }

  attached(request: AttachRequest): void {
    const address = request.address ?? '';
    try {
      if (address.endsWith('/methods/devicebound')) this.methods.attach(request);
      else if (address.endsWith('/twin')) this.twin.attach(request);
      else this.commands.attach(request);
    } catch (thrown) {
      request.refuse(amqpErrorOf(thrown));
    }
  }

  ended(fault: unknown): void {
    this.endedWith = { fault };
    this.hub.sessions.leave(this, null, this.hub.clock.now());
    void this.#closeLinks();
  }

  // ---- the host of links -----------------------------------------------------------------------------------------------

  heard(): void {
    this.heardCount++;
  }

  accepted(): void {
    assert.fail('no telemetry is sent here');
  }

  linkBegan(link: Link): void {
    this.links.add(link);
  }

  linkEnded(link: Link): void {
    if (!this.links.delete(link)) this.faults.push('a link ended twice');
  }

  linkFailed(link: Link, thrown: unknown): void {
    this.refusals.push(asHubError(thrown));
    link.detach(amqpErrorOf(thrown));
  }

  refused(reason: HubError): void {
    this.refusals.push(reason);
  }

  breakDown(): void {
    assert.fail('no fault is ordered here');
  }

  fault(thrown: unknown): void {
    this.faults.push(thrown);
  }

  // ---- the session -----------------------------------------------------------------------------------------------------

  get identity(): DeviceIdentity {
    return this.speaker;
  }

  get lastActivityTime(): number {
    return this.connectedTime;
  }

  get listensForMethods(): boolean {
    return this.methods.listens;
  }

  invokeMethod(call: MethodCall, signal: AbortSignal): Promise<MethodAnswer> {
    return this.methods.invoke(call, signal);
  }

  desiredChanged(patch: JsonObject): void {
    this.twin.desiredChanged(patch);
  }

  commandsWaiting(): void {
    this.commands.wake();
  }

  close(reason: HubError): void {
    void this.#closeLinks();
    this.connection?.close(amqpErrorOf(reason));
  }

  async #closeLinks(): Promise<void> {
    await Promise.all([this.commands.close(), this.methods.close(), this.twin.close()]);
  }
}

export interface LinksServer {
  readonly port: number;
  /** One for every connection, in order. */
  readonly served: readonly LinksUnderTest[];
  readonly last: LinksUnderTest;
  /** Cuts every connection, as a network does. */
  cut(): void;
  close(): Promise<void>;
}

export async function serveLinks(hub: Hub, identity: DeviceIdentity): Promise<LinksServer> {
  const served: LinksUnderTest[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const links = new LinksUnderTest(hub, identity);
    served.push(links);
    links.connection = serveWithRhea(socket, { containerId: 'hub', hasClientCertificate: false }, links);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    served,
    get last() {
      return served.at(-1) as LinksUnderTest;
    },
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
