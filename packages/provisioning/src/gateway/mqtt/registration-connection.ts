import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import {
  clientCertificateOf,
  closeSocket,
  decodePacket,
  encodeConnack,
  encodePubacks,
  encodePublish,
  encodeSuback,
  encodeUnsuback,
  type MqttVisitor,
  PacketType,
  PINGRESP,
  readStatic,
} from '@viaduct/hub';
import type { IConnectPacket, IPublishPacket, ISubscribePacket, IUnsubscribePacket } from 'mqtt-packet';
import { authenticateRegistration, bookRefusal } from '../../core/attestation/authenticate-registration.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import type { RegistrationCaller } from '../../core/registration/register.ts';
import { reachedBy } from '../reached-by.ts';
import { PacketReader } from './packet-reader.ts';
import { problemAnswer, type RegistrationAnswer } from './registration-answer.ts';
import { claimedRegistrationId, readRegistrationConnect } from './registration-connect.ts';
import { ANSWERS, parseRegistrationTopic, type RegistrationTopic } from './registration-topic.ts';
import { serveRequest } from './serve-request.ts';

/** What the gateway lends each of its connections. */
export interface RegistrationHost {
  readonly provisioning: Provisioning;
  /** A bug of ours, caught at this connection; the others go on. */
  fault(error: unknown): void;
  /** @throws HubError connection.tooMany (retry), server.draining (retry) */
  requireRoom(): void;
  /** The connection is that of a device which proved who it is. */
  entered(connection: RegistrationConnection): void;
  closed(connection: RegistrationConnection): void;
}

/** Room for the topic and what else a PUBLISH has beside its payload. */
const PACKET_BYTES_MAX = LIMITS.PROVISIONING_MESSAGE_BYTES_MAX + 65_535 + 16;

/**
 * One MQTT connection of a device that registers, from its CONNECT to its close.
 *
 *     authenticating ──CONNACK 0──► connected ──► closed
 *           └── refused: CONNACK n ─────────────────┘
 *
 * A token is judged before CONNACK. So is a certificate, but a device that is refused for it hears so in the answer to its first request, as
 * the real service does: SDKs tell their callers the words of an answer, and nothing of a CONNACK.
 *
 * Invariants
 *  1. Packets are handled in the order of receipt, requests answered in that order, and a PUBACK leaves before the answer.
 *  2. An answer goes to who has subscribed by then, and to nobody else. Nothing outlives the connection.
 *  3. Memory is bounded: input by one packet and one read, requests by PROVISIONING_REQUESTS_IN_FLIGHT_MAX, past which the socket is not
 *     read, output by PROVISIONING_SEND_BUFFER_BYTES_MAX, all of it by PROVISIONING_CONNECTION_SECONDS_MAX.
 *  4. `#end` runs once. After it nothing is written, and nothing that arrives is looked at.
 */
export class RegistrationConnection {
  readonly #host: RegistrationHost;
  readonly #visitor: MqttVisitor;
  readonly #reader = new PacketReader(PACKET_BYTES_MAX);
  #state: 'authenticating' | 'connected' | 'closed' = 'authenticating';
  #caller: RegistrationCaller | null = null;
  /** Why the certificate of the device was not taken: the answer to whatever it asks. */
  #refusal: HubError | null = null;
  #grantedQos: 0 | 1 | undefined;
  #lastPacketId = 0;
  #requests: Promise<void> = Promise.resolve();
  #requestsUnderWay = 0;
  #stopped = false;
  #silenceMsMax = Number.POSITIVE_INFINITY;
  #lastActivityTime: number;
  #endsAt: number;

  constructor(host: RegistrationHost, visitor: MqttVisitor) {
    this.#host = host;
    this.#visitor = visitor;
    this.#lastActivityTime = host.provisioning.clock.now();
    this.#endsAt = this.#lastActivityTime + LIMITS.PROVISIONING_CONNECTION_SECONDS_MAX * 1_000;
    const { socket, behind, connect } = visitor;
    if (behind !== null) this.#reader.add(behind);
    readStatic(socket, (bytes) => this.#received(bytes));
    socket.on('error', () => this.#end());
    socket.on('close', () => this.#end());
    this.#judge(connect).catch((error: unknown) => this.#refuse(error));
  }

  /** Who connected, in lower case; as far as it can be told. */
  get registrationKey(): string {
    return claimedRegistrationId(this.#visitor.connect).toLowerCase();
  }

  /** Called each second: everything that ends a connection by the clock. */
  checkTime(now: number): void {
    const isSilent = this.#state === 'connected' && now - this.#lastActivityTime > this.#silenceMsMax;
    if (isSilent || now >= this.#endsAt) this.#end();
  }

  /** Reads no more; what was asked is still answered. */
  stopReading(): void {
    this.#stopped = true;
    this.#visitor.socket.pause();
  }

  get requestsUnderWay(): number {
    return this.#state === 'closed' ? 0 : this.#requestsUnderWay;
  }

  close(): void {
    this.#end();
  }

  // ---- CONNECT -----------------------------------------------------------------------------------------------------------

  async #judge(packet: IConnectPacket): Promise<void> {
    const { tlsSocket, transport, remoteAddress } = this.#visitor;
    const { silenceMsMax, token, ...named } = readRegistrationConnect(packet);
    this.#host.requireRoom();
    const certificate = token === undefined ? clientCertificateOf(tlsSocket) : undefined;
    const caller: RegistrationCaller = {
      ...named,
      credential: { token, certificate },
      ...{ transport, remoteAddress },
      reachedBy: reachedBy(tlsSocket),
    };
    this.#caller = caller;
    this.#silenceMsMax = silenceMsMax;
    try {
      await authenticateRegistration(this.#host.provisioning, caller);
    } catch (error) {
      if (certificate === undefined || asHubError(error).row.retry) throw error;
      this.#refusal = asHubError(error);
      this.#endsAt = this.#lastActivityTime + LIMITS.MQTT_CONNECT_SECONDS_MAX * 1_000;
    }
    // The peer may have left while we looked things up.
    if (this.#state !== 'authenticating') return;
    this.#state = 'connected';
    if (this.#refusal === null) this.#host.entered(this);
    this.#write(encodeConnack(0, false));
    this.#readPackets();
  }

  // ---- bytes in ----------------------------------------------------------------------------------------------------------

  #received(bytes: Buffer): void {
    if (this.#state === 'closed') return;
    this.#lastActivityTime = this.#host.provisioning.clock.now();
    this.#reader.add(bytes);
    this.#readPackets();
  }

  #readPackets(): void {
    try {
      while (this.#hasRoom) {
        const packet = this.#reader.next();
        if (packet === undefined) break;
        this.#take(packet);
      }
    } catch (error) {
      this.#refuse(error);
    }
    if (this.#hasRoom) this.#visitor.socket.resume();
    else if (this.#state !== 'closed') this.#visitor.socket.pause();
  }

  get #hasRoom(): boolean {
    const isReading = this.#state === 'connected' && !this.#stopped;
    return isReading && this.#requestsUnderWay < LIMITS.PROVISIONING_REQUESTS_IN_FLIGHT_MAX;
  }

  #take(bytes: Buffer): void {
    const type = (bytes[0] as number) >> 4;
    switch (type) {
      case PacketType.publish:
        this.#takePublish(decodePacket(bytes) as IPublishPacket);
        return;
      case PacketType.subscribe:
        this.#subscribe(decodePacket(bytes) as ISubscribePacket);
        return;
      case PacketType.unsubscribe:
        this.#unsubscribe(decodePacket(bytes) as IUnsubscribePacket);
        return;
      case PacketType.pingreq:
        this.#write(PINGRESP);
        return;
      case PacketType.puback:
        // Of an answer, which is never sent twice: the device would ask again.
        return;
      case PacketType.disconnect:
        this.#end();
        return;
      default:
        throw new HubError('protocol.violation', `a packet of type ${type} is not expected here`);
    }
  }

  #subscribe({ messageId = 0, subscriptions }: ISubscribePacket): void {
    const granted = subscriptions.map(({ topic, qos }) => {
      if (topic !== ANSWERS) return 0x80;
      this.#grantedQos = qos === 0 ? 0 : 1;
      return this.#grantedQos;
    });
    this.#write(encodeSuback(messageId, granted));
  }

  #unsubscribe({ messageId = 0, unsubscriptions }: IUnsubscribePacket): void {
    if (unsubscriptions.includes(ANSWERS)) this.#grantedQos = undefined;
    this.#write(encodeUnsuback(messageId));
  }

  // ---- requests ------------------------------------------------------------------------------------------------------------

  #takePublish({ topic: path, payload, qos, messageId }: IPublishPacket): void {
    if (qos === 2) throw new HubError('protocol.violation', 'QoS 2 is not supported');
    const topic = parseRegistrationTopic(path);
    const body = Buffer.from(payload);
    if (qos === 1 && messageId !== undefined) this.#write(encodePubacks([messageId]));
    this.#requestsUnderWay++;
    this.#requests = this.#requests
      .then(() => this.#answer(topic, body))
      .then((answer) => this.#publish(answer))
      .catch((error: unknown) => this.#refuse(error))
      .finally(() => {
        this.#requestsUnderWay--;
        if (this.#state === 'connected') this.#readPackets();
      });
  }

  async #answer(topic: RegistrationTopic, body: Buffer): Promise<RegistrationAnswer> {
    const { provisioning: p } = this.#host;
    try {
      if (this.#refusal !== null) throw this.#refusal;
      return await serveRequest(p, this.#caller as RegistrationCaller, topic, body);
    } catch (error) {
      if (asHubError(error).code === 'server.fault') this.#host.fault(error);
      return problemAnswer(p, topic.requestId, error);
    }
  }

  #publish(answer: RegistrationAnswer): void {
    if (this.#grantedQos === undefined) return;
    if (this.#grantedQos === 0) {
      this.#write(encodePublish(answer));
      return;
    }
    this.#lastPacketId = (this.#lastPacketId % 0xffff) + 1;
    this.#write(encodePublish({ ...answer, packetId: this.#lastPacketId }));
  }

  #write(bytes: Buffer): void {
    if (this.#state === 'closed') return;
    const { socket } = this.#visitor;
    socket.write(bytes);
    if (socket.writableLength > LIMITS.PROVISIONING_SEND_BUFFER_BYTES_MAX) this.#end();
  }

  // ---- the end ---------------------------------------------------------------------------------------------------------------

  /** Something went wrong: booked for the operator, told as far as MQTT 3.1.1 can tell, and closed. */
  #refuse(error: unknown): void {
    if (this.#state === 'closed') return;
    const refusal = asHubError(error);
    if (refusal.code === 'server.fault') this.#host.fault(error);
    const isJudged = this.#state === 'authenticating' && this.#caller !== null;
    // What the core refuses, the core has booked.
    if (!isJudged) this.#book(refusal);
    if (this.#state === 'authenticating') this.#write(encodeConnack(refusal.row.mqtt, false));
    this.#end();
  }

  #book(refusal: HubError): void {
    const { connect, transport, remoteAddress } = this.#visitor;
    const registrationId = claimedRegistrationId(connect);
    const credential = this.#caller?.credential ?? {
      token: connect.password?.toString(),
      certificate: clientCertificateOf(this.#visitor.tlsSocket),
    };
    const asked = { registrationId, credential, transport, remoteAddress };
    bookRefusal(this.#host.provisioning, asked, undefined, refusal);
  }

  #end(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    closeSocket(this.#visitor.socket);
    this.#host.closed(this);
  }
}
