import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { asHubError, type DeviceIdentity, HubError, LIMITS, parsePublishTopic, topicTo } from '@viaduct/contracts';
import type { Commit, CommitParty } from '@viaduct/log';
import type { IConnectPacket, IPublishPacket, ISubscribePacket, IUnsubscribePacket } from 'mqtt-packet';
import { authenticateDevice } from '../../core/access/authenticate-device.ts';
import { faultRefusal, type InjectedFault } from '../../core/fault/injected-fault.ts';
import type { Hub } from '../../core/hub.ts';
import type { CommandKind, JsonObject, Transport } from '../../core/ports.ts';
import { RecordFlag, type Speaker } from '../../core/record/record.ts';
import { rememberModel } from '../../core/registry/remember-model.ts';
import type { DeviceSession, MethodAnswer, MethodCall } from '../../core/session/device-session.ts';
import { enterSession } from '../../core/session/enter-session.ts';
import { acceptTelemetry } from '../../core/telemetry/accept-telemetry.ts';
import { holdOperation } from '../../core/throttle/hold-operation.ts';
import { clientCertificateOf } from '../client-certificate.ts';
import { CERTIFICATE_PACKET_ID, CertificateRequests } from './certificate-requests.ts';
import { closeSocket } from './close-socket.ts';
import { CommandDelivery } from './command-delivery.ts';
import { type ConnectRequest, claimedDeviceId, readConnect } from './connect-request.ts';
import type { ConnectionHost } from './connection-host.ts';
import { HeldFilters } from './held-filters.ts';
import { MethodCalls } from './method-calls.ts';
import type { MqttGuest } from './mqtt-guest.ts';
import {
  decodePacket,
  encodeConnack,
  encodePubacks,
  encodePublish,
  encodeSuback,
  encodeUnsuback,
  type OutgoingMessage,
  PacketType,
  PINGRESP,
} from './packet.ts';
import { PubackQueue } from './puback-queue.ts';
import { PublishGate } from './publish-gate.ts';
import { PublishPath } from './publish-path.ts';
import { readStatic } from './read-static.ts';
import { answerReportedPatch, answerTwinGet } from './twin-requests.ts';

/**
 * One MQTT connection, from accepted socket to close.
 *
 *     opening ──CONNECT──► authenticating ──CONNACK 0──► connected ──► closed
 *        └──────── anything else, time-out ─────┴── refused: CONNACK n ───┤
 *                                               └── a guest's: handed over ┘
 *
 * Invariants
 *  1. A PUBACK leaves only after the commit that holds its message is durable, and in the order of receipt.
 *  2. Packets are handled in the order of receipt; while CONNECT is judged, later ones wait unread in the socket.
 *  3. `#end` runs once. After it nothing is written, the session directory no longer knows the connection, method calls
 *     are rejected, locked commands are back in the queue, and the will is sent unless the device said DISCONNECT.
 *  4. Memory is bounded: input by one packet, output by MQTT_SEND_BUFFER_BYTES_MAX, messages that wait for the disk by
 *     MQTT_UNACKNOWLEDGED_MAX, requests under way by MQTT_REQUESTS_IN_FLIGHT_MAX; past the last two the socket is not read.
 */
export class MqttConnection implements DeviceSession, CommitParty {
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly #host: ConnectionHost;
  readonly #hub: Hub;
  readonly #socket: Duplex;
  readonly #tlsSocket: Duplex;
  readonly #openedTime: number;

  #state: 'opening' | 'authenticating' | 'connected' | 'closed' = 'opening';
  #input: Buffer | null = null;
  #inputIsBorrowed = false;
  #paused = false;
  #stopped = false;
  #diskCheck: NodeJS.Timeout | undefined;
  #lastActivityTime: number;
  #connectedTime = 0;
  #expiresAt = Number.POSITIVE_INFINITY;
  #request: ConnectRequest | null = null;
  #speaker: Speaker | null = null;
  #filters: HeldFilters | null = null;

  #publishPath: PublishPath | null = null;
  #publishGate: PublishGate | null = null;
  #holdTimer: NodeJS.Timeout | undefined;
  #faultTimer: NodeJS.Timeout | undefined;
  #lastCommit: Commit | null = null;
  readonly #pubacks = new PubackQueue();
  #requests: Promise<void> = Promise.resolve();
  #requestsUnderWay = 0;

  readonly #commands: CommandDelivery;
  readonly #methods: MethodCalls;
  /** Few devices ask for certificates: made for those that do. */
  #certificates: CertificateRequests | null = null;

  constructor(host: ConnectionHost, socket: Duplex, transport: Transport, remoteAddress: string, tlsSocket: Duplex) {
    this.#host = host;
    this.#hub = host.hub;
    this.#socket = socket;
    this.#tlsSocket = tlsSocket;
    this.transport = transport;
    this.remoteAddress = remoteAddress;
    this.#openedTime = this.#lastActivityTime = host.hub.clock.now();
    this.#commands = new CommandDelivery(host.hub, this);
    this.#methods = new MethodCalls((message) => this.publish(message));
    readStatic(socket, (bytes) => this.#received(bytes));
    socket.on('error', () => this.#end(new HubError('connection.lost', 'the connection broke')));
    socket.on('close', () =>
      this.#end(
        this.#state === 'connected'
          ? new HubError('connection.lost', 'the device closed the connection without a DISCONNECT')
          : null,
      ),
    );
  }

  // ---- DeviceSession -----------------------------------------------------------------------------------------------

  /** Known once connected; nobody asks before. */
  get identity(): DeviceIdentity {
    return this.#speaker ?? { deviceId: '' };
  }

  get connectedTime(): number {
    return this.#connectedTime;
  }

  get lastActivityTime(): number {
    return this.#lastActivityTime;
  }

  get listensForMethods(): boolean {
    return this.#state === 'connected' && this.#filters?.qosOf('methods') !== undefined;
  }

  invokeMethod(call: MethodCall, signal: AbortSignal): Promise<MethodAnswer> {
    if (this.#filters?.hearsMethod(call.methodName) !== true)
      return Promise.reject(new HubError('device.notOnline', `the device does not listen to "${call.methodName}"`));
    return this.#methods.invoke(call, signal);
  }

  desiredChanged(patch: JsonObject): void {
    if (this.#filters?.qosOf('desiredPatches') === undefined) return;
    this.publish({ topic: topicTo.desiredPatch(Number(patch.$version)), payload: Buffer.from(JSON.stringify(patch)) });
  }

  commandsWaiting(): void {
    if (this.commandKind !== undefined) this.#commands.wake();
  }

  close(reason: HubError): void {
    this.#end(reason);
  }

  // ---- what the gateway and the deliveries ask -----------------------------------------------------------------------

  /** What the device listens for; undefined while it does not. */
  get commandKind(): CommandKind | undefined {
    const devicebound = this.commandQos('devicebound') !== undefined;
    const inputs = this.commandQos('inputs') !== undefined;
    if (devicebound && (inputs || this.identity.moduleId === undefined)) return 'any';
    if (devicebound) return 'devicebound';
    return inputs ? 'inputs' : undefined;
  }

  /** Granted QoS of the filter that commands of this kind go to; undefined when there is none. */
  commandQos(kind: 'devicebound' | 'inputs'): 0 | 1 | undefined {
    const filters = this.#filters;
    if (this.#state !== 'connected' || filters === null) return undefined;
    return filters.qosOf(kind === 'devicebound' ? 'commands' : 'moduleInputs') ?? filters.qosOf('moduleMessages');
  }

  /** Undefined while the device does not listen for certificates. */
  get certificateFilter(): readonly [filter: string, qos: 0 | 1] | undefined {
    return this.#state === 'connected' ? this.#filters?.find('certificates') : undefined;
  }

  bookRefusal(refusal: HubError): void {
    this.#bookRefusal(refusal);
  }

  /** Called each second: everything that ends a connection by the clock. */
  checkTime(now: number): void {
    if (this.#state === 'connected') {
      const silence = now - this.#lastActivityTime;
      // Who is held may well speak; we do not listen.
      if (silence > (this.#request?.silenceMsMax ?? 0) && this.#holdTimer === undefined) {
        this.#end(new HubError('connection.keepAliveLapsed', `nothing was heard for ${Math.round(silence / 1000)} s`));
      } else if (now >= this.#expiresAt) {
        this.#end(new HubError('connection.tokenExpired', 'the credential ran out while connected'));
      }
    } else if (now - this.#openedTime > LIMITS.MQTT_CONNECT_SECONDS_MAX * 1000) {
      this.#refuse(new HubError('connection.slow', `no CONNECT within ${LIMITS.MQTT_CONNECT_SECONDS_MAX} s`));
    }
  }

  /** Reads no more; what was received is still acknowledged when it is durable. */
  stopReading(): void {
    this.#stopped = true;
    this.#pause();
  }

  /** Messages received and not yet acknowledged. */
  get unacknowledged(): number {
    return this.#state === 'closed' ? 0 : this.#pubacks.waiting;
  }

  publish(message: OutgoingMessage): void {
    this.#write(encodePublish(message));
  }

  deliveryFailed(error: unknown): void {
    this.#refuse(error);
  }

  // ---- CommitParty: what the log tells -------------------------------------------------------------------------------

  committed(): void {
    const ids = this.#pubacks.takeOldest();
    this.#host.accepted(ids.length);
    if (this.#state === 'closed') return;
    this.#write(encodePubacks(ids));
    if (this.#paused) this.#resumeIfRoom();
  }

  /** MQTT 3.1.1 cannot refuse one message: the connection ends unacknowledged, and the device repeats what it sent. */
  failed(_commit: Commit, error: Error): void {
    this.#refuse(error);
  }

  // ---- bytes in --------------------------------------------------------------------------------------------------------

  #received(chunk: Buffer): void {
    if (this.#state === 'closed') return;
    this.#lastActivityTime = this.#hub.clock.now();
    this.#inputIsBorrowed = this.#input === null;
    this.#input = this.#input === null ? chunk : Buffer.concat([this.#input, chunk]);
    this.#readPackets();
  }

  #readPackets(): void {
    const input = this.#input;
    if (input === null) return;
    let at = 0;
    try {
      while (at < input.length && !this.#paused && this.#state !== 'closed') {
        const next = this.#readPacket(input, at);
        if (next < 0) break;
        at = next;
      }
    } catch (error) {
      this.#refuse(error);
      return;
    }
    // A copy of the rest: the receive buffer is everybody's and is overwritten by the next read.
    if (at === input.length) this.#input = null;
    else if (at > 0 || this.#inputIsBorrowed) this.#input = Buffer.from(input.subarray(at));
    this.#inputIsBorrowed = false;
  }

  /** Handles the packet at `at` and returns where the next one begins; -1 when it is not complete yet. */
  #readPacket(input: Buffer, at: number): number {
    // At the first byte, not when the packet is whole: whoever speaks another protocol may never send the rest of it.
    if (this.#state === 'opening' && (input[at] as number) >> 4 !== PacketType.connect)
      throw new HubError('protocol.violation', 'the first packet is not a CONNECT');
    let cursor = at + 1;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      if (cursor >= input.length) return -1;
      const byte = input[cursor++] as number;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift === 21) throw new HubError('packet.malformed', 'a remaining length has more than four bytes');
    }
    this.#requirePacketSize(length);
    const end = cursor + length;
    if (end > input.length) return -1;

    const first = input[at] as number;
    if (first >> 4 === PacketType.publish && this.#publishPath !== null)
      this.#takePublish(this.#publishPath, input, at, cursor, end);
    else this.#takeControl(first, input.subarray(at, end));
    return end;
  }

  #requirePacketSize(length: number): void {
    const max = this.#state === 'connected' ? LIMITS.MQTT_PACKET_BYTES_MAX : LIMITS.MQTT_CONNECT_BYTES_MAX;
    if (length > max)
      throw new HubError('message.tooLarge', `a packet has ${length} bytes; at most ${max} are accepted here`);
  }

  #takePublish(path: PublishPath, input: Buffer, at: number, start: number, end: number): void {
    const flags = (input[at] as number) & 0x0f;
    if (this.#publishGate !== null && !this.#passGate(this.#publishGate, path, input, flags, start, end)) return;
    const commit = path.take(input, flags, start, end);
    if (commit === undefined) {
      this.#takeOtherPublish(decodePacket(input.subarray(at, end)) as IPublishPacket);
      return;
    }
    if (this.#hub.log.congested) this.#pauseForDisk();
    if (path.packetId === 0) return;
    if (commit !== this.#lastCommit) {
      this.#lastCommit = commit;
      this.#pubacks.beginCommit();
      commit.add(this);
    }
    this.#pubacks.add(path.packetId);
    if (this.#pubacks.waiting >= LIMITS.MQTT_UNACKNOWLEDGED_MAX) this.#pause();
  }

  /** False when the PUBLISH goes no further. */
  #passGate(gate: PublishGate, path: PublishPath, input: Buffer, flags: number, start: number, end: number): boolean {
    const passage = gate.judge(path, input, flags, start, end);
    switch (passage.kind) {
      case 'pass':
        if (passage.holdMs > 0) this.#holdBack(passage.holdMs);
        return true;
      case 'dropped':
        this.#bookRefusal(passage.refusal);
        return false;
      case 'fault':
        this.#orderFault(passage.fault, passage.order);
        return false;
      case 'done':
        this.#write(encodePubacks([passage.packetId]));
        return false;
      default:
        return passage satisfies never;
    }
  }

  /** MQTT 3.1.1 has no word for any fault: each of them ends the connection, after its delay and before the PUBACK. */
  #orderFault(fault: InjectedFault, order: string | null): void {
    const { identity, transport, remoteAddress } = this;
    this.#hub.faultInjection?.order({ identity, fault, transport, remoteAddress }, order);
    this.#faultTimer = setTimeout(() => this.#end(faultRefusal(fault)), fault.delaySeconds * 1_000);
  }

  #takeControl(first: number, bytes: Buffer): void {
    const type = first >> 4;
    if (this.#state === 'opening') {
      this.#connect(decodePacket(bytes) as IConnectPacket);
      return;
    }
    switch (type) {
      case PacketType.pingreq:
        this.#write(PINGRESP);
        return;
      case PacketType.puback:
        if (bytes.length !== 4) throw new HubError('packet.malformed', 'a PUBACK has a wrong length');
        this.#acknowledged(bytes.readUInt16BE(2));
        return;
      case PacketType.subscribe: {
        const packet = decodePacket(bytes) as ISubscribePacket;
        this.#serve(() => this.#subscribe(packet));
        return;
      }
      case PacketType.unsubscribe: {
        const packet = decodePacket(bytes) as IUnsubscribePacket;
        this.#serve(() => this.#unsubscribe(packet));
        return;
      }
      case PacketType.disconnect:
        this.#end(null);
        return;
      default:
        throw new HubError('protocol.violation', `a packet of type ${type} is not expected here`);
    }
  }

  #acknowledged(packetId: number): void {
    if (packetId === CERTIFICATE_PACKET_ID) this.#certificates?.acknowledged();
    else this.#commands.acknowledged(packetId);
  }

  // ---- CONNECT -----------------------------------------------------------------------------------------------------------

  #connect(packet: IConnectPacket): void {
    this.#state = 'authenticating';
    this.#pause();
    const guest = this.#host.guests.find((one) => one.claims(packet));
    if (guest === undefined) this.#judge(packet).catch((error) => this.#refuse(error, claimedDeviceId(packet)));
    else this.#handOver(guest, packet).catch((error) => this.#refuse(error));
  }

  /** To us the connection is closed from here on; our listeners stay on the socket and do nothing. */
  async #handOver(guest: MqttGuest, connect: IConnectPacket): Promise<void> {
    // What lies behind the CONNECT is known once the read that brought it has returned.
    await Promise.resolve();
    if (this.#state === 'closed') return;
    const { transport, remoteAddress } = this;
    const [socket, tlsSocket, behind] = [this.#socket, this.#tlsSocket, this.#input];
    guest.accept({ connect, behind, socket, tlsSocket, transport, remoteAddress });
    this.#state = 'closed';
    this.#input = null;
    this.#host.closed(this);
  }

  async #judge(packet: IConnectPacket): Promise<void> {
    const request = readConnect(packet);
    const { identity, token } = request;
    const certificate = token === undefined ? clientCertificateOf(this.#tlsSocket) : undefined;
    const device = await authenticateDevice(this.#hub, { identity, token, certificate });
    const { entry, authority, authMethod, expiresAt } = device;
    if (request.modelId !== null && request.modelId !== entry.modelId)
      await rememberModel(this.#hub, identity, request.modelId);
    this.#hub.faultInjection?.requireConnect(identity);
    // After the credential: who cannot prove who it is uses up nobody's share.
    await holdOperation(this.#hub, identity, 'connect');
    const filters = await HeldFilters.open(this.#hub, request);
    // The peer may have left while we looked things up.
    if (this.#state !== 'authenticating') return;

    this.#request = request;
    this.#filters = filters;
    this.#expiresAt = expiresAt ?? Number.POSITIVE_INFINITY;
    const modelId = request.modelId ?? entry.modelId;
    this.#speaker = { ...identity, generationId: entry.generationId, authMethod, modelId };
    this.#publishPath = new PublishPath(this.#hub, this.#speaker);
    this.#publishGate = PublishGate.before(this.#hub, this.#speaker);
    this.#connectedTime = this.#hub.clock.now();
    this.#state = 'connected';
    enterSession(this.#hub, this, { entry, authority }).catch((error: unknown) => this.#refuse(error));
    this.#write(encodeConnack(0, filters.isRestored));
    if (request.willRefusal !== null) this.#bookRefusal(request.willRefusal);
    this.#listen();
    this.#resumeIfRoom();
  }

  /** Starts what the held filters ask for. */
  #listen(): void {
    if (this.listensForMethods) this.#hub.sessions.readyForMethods(this.identity);
    if (this.certificateFilter !== undefined) this.#certificateRequests().listen();
    this.commandsWaiting();
  }

  // ---- subscriptions -----------------------------------------------------------------------------------------------------

  async #subscribe({ messageId = 0, subscriptions }: ISubscribePacket): Promise<void> {
    const granted = subscriptions.map(({ topic, qos }) => this.#grant(topic, qos === 0 ? 0 : 1));
    await this.#filters?.save();
    this.#write(encodeSuback(messageId, granted));
    this.#listen();
  }

  /** Applied at once, before the SUBACK: some clients publish a twin request without waiting for it. */
  #grant(filter: string, qos: 0 | 1): number {
    assert(this.#filters !== null, 'only who is connected subscribes to anything');
    try {
      return this.#filters.grant(filter, qos);
    } catch (refusal) {
      this.#bookRefusal(asHubError(refusal));
      return 0x80;
    }
  }

  async #unsubscribe({ messageId = 0, unsubscriptions }: IUnsubscribePacket): Promise<void> {
    for (const filter of unsubscriptions) this.#filters?.drop(filter);
    await this.#filters?.save();
    this.#write(encodeUnsuback(messageId));
  }

  // ---- requests --------------------------------------------------------------------------------------------------------------

  /** PUBLISH to anything but the device's telemetry topic. */
  #takeOtherPublish(packet: IPublishPacket): void {
    const topic = parsePublishTopic(this.identity, packet.topic);
    // A copy: requests wait their turn, and the receive buffer is overwritten by the next read.
    const body = Buffer.from(packet.payload as Buffer);
    if (packet.qos === 1 && packet.messageId !== undefined) this.#write(encodePubacks([packet.messageId]));
    switch (topic.kind) {
      case 'methodResponse':
        this.#methods.answered(topic.requestId, topic.status, body);
        return;
      case 'twinGet':
        this.#serve(async () => this.publish(await answerTwinGet(this.#hub, this.identity, topic.requestId)));
        return;
      case 'reportedPatch':
        this.#serve(() => this.#patchReported({ ...topic, body }));
        return;
      case 'certificateRequest':
        // Behind a SUBSCRIBE that may have come just before.
        this.#serve(async () => this.#certificateRequests().take(topic.requestId, body));
        return;
      case 'telemetry':
        // The publish path takes every topic that parses as this device's telemetry.
        throw new HubError('topic.malformed', `"${packet.topic.slice(0, 120)}" is not this device's telemetry topic`);
      default:
        topic satisfies never;
    }
  }

  async #patchReported(patch: Parameters<typeof answerReportedPatch>[2]): Promise<void> {
    const answer = await answerReportedPatch(this.#hub, this.identity, patch);
    if (answer !== undefined) this.publish(answer);
  }

  #certificateRequests(): CertificateRequests {
    assert(this.#speaker !== null, 'only who is connected asks for anything');
    this.#certificates ??= new CertificateRequests(this.#hub, this.#speaker, this);
    return this.#certificates;
  }

  /** Runs a request that takes time, after those before it: two patches of one device must not overtake each other. */
  #serve(work: () => Promise<void>): void {
    this.#requestsUnderWay++;
    if (this.#requestsUnderWay >= LIMITS.MQTT_REQUESTS_IN_FLIGHT_MAX) this.#pause();
    this.#requests = this.#requests
      .then(work)
      .catch((error: unknown) => this.#refuse(error))
      .finally(() => {
        this.#requestsUnderWay--;
        if (this.#paused) this.#resumeIfRoom();
      });
  }

  // ---- flow --------------------------------------------------------------------------------------------------------------------

  /** A disk that falls behind slows devices down; it does not make the hub refuse them. */
  #pauseForDisk(): void {
    this.#pause();
    this.#diskCheck ??= setTimeout(() => {
      this.#diskCheck = undefined;
      this.#resumeIfRoom();
    }, DISK_CHECK_MS);
  }

  /** Reads nothing until the device's share has come: TCP tells it to slow down, and nothing is lost. */
  #holdBack(holdMs: number): void {
    this.#pause();
    clearTimeout(this.#holdTimer);
    this.#holdTimer = setTimeout(() => {
      this.#holdTimer = undefined;
      this.#lastActivityTime = this.#hub.clock.now();
      this.#resumeIfRoom();
    }, holdMs);
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  #resumeIfRoom(): void {
    if (this.#state !== 'connected' || this.#stopped || !this.#paused || this.#holdTimer !== undefined) return;
    if (this.#hub.log.congested) {
      this.#pauseForDisk();
      return;
    }
    if (this.#pubacks.waiting >= LIMITS.MQTT_UNACKNOWLEDGED_MAX / 2) return;
    if (this.#requestsUnderWay >= LIMITS.MQTT_REQUESTS_IN_FLIGHT_MAX) return;
    this.#paused = false;
    this.#readPackets();
    if (!this.#paused) this.#socket.resume();
  }

  #write(bytes: Buffer): void {
    if (this.#state === 'closed') return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > LIMITS.MQTT_SEND_BUFFER_BYTES_MAX) {
      this.#refuse(new HubError('connection.slow', 'the device does not read what is sent to it'));
    }
  }

  // ---- the end -------------------------------------------------------------------------------------------------------------------

  /** Something went wrong: booked for the operator, told as far as MQTT 3.1.1 can tell, and closed. */
  #refuse(error: unknown, deviceId: string | null = this.#speaker?.deviceId ?? null): void {
    if (this.#state === 'closed') return;
    const refusal = asHubError(error);
    if (refusal.code === 'server.fault') this.#fault(error);
    this.#bookRefusal(refusal, deviceId);
    if (this.#state === 'authenticating') this.#write(encodeConnack(refusal.row.mqtt, false));
    this.#end(refusal);
  }

  #bookRefusal(refusal: HubError, deviceId: string | null = this.identity.deviceId): void {
    const { code, message } = refusal;
    this.#hub.refusals.record({
      deviceId,
      code,
      message,
      transport: this.transport,
      remoteAddress: this.remoteAddress,
    });
  }

  #end(reason: HubError | null): void {
    if (this.#state === 'closed') return;
    const wasConnected = this.#state === 'connected';
    this.#state = 'closed';
    this.#input = null;
    clearTimeout(this.#holdTimer);
    clearTimeout(this.#faultTimer);
    closeSocket(this.#socket);
    if (!wasConnected) {
      this.#host.closed(this);
      return;
    }
    this.#hub.sessions.leave(this, reason, this.#hub.clock.now());
    this.#methods.close();
    this.#certificates?.close();
    this.#settleAffairs(reason)
      .catch((error: unknown) => this.#fault(error))
      .finally(() => this.#host.closed(this));
  }

  #fault(error: unknown): void {
    this.#host.fault(error, { deviceId: this.#speaker?.deviceId ?? null, remoteAddress: this.remoteAddress });
  }

  async #settleAffairs(reason: HubError | null): Promise<void> {
    // A newer connection may have looked for commands before these were back in the queue.
    if (await this.#commands.close()) this.#hub.sessions.find(this.identity)?.commandsWaiting();
    const will = this.#request?.will;
    if (reason === null || !will || this.#speaker === null) return;
    const flags = RecordFlag.will | (will.retain ? RecordFlag.retain : 0);
    // First, for of two equal names the first one counts.
    const bag = `iothub-MessageType=Will&${will.bag}`;
    await acceptTelemetry(this.#hub, this.#speaker, { bag, body: will.body, flags });
  }
}

const DISK_CHECK_MS = 20;
