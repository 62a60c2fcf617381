import { asHubError, certificateWordOf, HubError, LIMITS, topicTo } from '@viaduct/contracts';
import { newGuid } from '../../core/command/new-guid.ts';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject } from '../../core/ports.ts';
import { AuthMethod, type Speaker } from '../../core/record/record.ts';
import { NOT_OFFERED, type Renewal, type RenewalRequest } from '../../core/renewal/certificate-renewals.ts';
import type { OutgoingMessage } from './packet.ts';

/** The packet id of an answer with QoS 1: commands use all others. */
export const CERTIFICATE_PACKET_ID = 0xffff;

/** What certificate requests need of their connection. */
export interface AsksForCertificates {
  /** The filter for answers, and its granted QoS; undefined while the device does not listen. */
  readonly certificateFilter: readonly [filter: string, qos: 0 | 1] | undefined;
  publish(message: OutgoingMessage): void;
  /** A request that came to nothing, for the operator. */
  bookRefusal(refusal: HubError): void;
}

/**
 * Renewal of a device's certificate over its MQTT connection (a preview in Azure, api-version 2025-08-01-preview).
 *
 *     …/POST/issueCertificate/?$rid={r}   {"id", "csr", "replace"?}                  device to hub
 *     …/res/202/?$rid={r}                 {"correlationId", "operationExpires"}      accepted
 *     …/res/200/?$rid={r}                 {"correlationId", "certificates": [...]}   base64 of DER, leaf first
 *     …/res/{status}/?$rid={r}            {"errorCode", "message", …, "info"}        refused, at once or after 202
 *
 * The last answer waits until the device listens. With QoS 1 it comes again on the next connection until the device has
 * acknowledged it; with QoS 0 it is sent once.
 */
export class CertificateRequests {
  readonly #hub: Hub;
  readonly #speaker: Speaker;
  readonly #connection: AsksForCertificates;
  #stopListening: (() => void) | undefined;
  #unacknowledged: Renewal | undefined;

  constructor(hub: Hub, speaker: Speaker, connection: AsksForCertificates) {
    this.#hub = hub;
    this.#speaker = speaker;
    this.#connection = connection;
  }

  /** The device listens, as far as its filters say. */
  listen(): void {
    this.#stopListening?.();
    this.#stopListening = this.#hub.certificateRenewals.listen(this.#speaker, (renewal) => this.#deliver(renewal));
  }

  close(): void {
    this.#stopListening?.();
  }

  /** @throws HubError topic.forbidden: nobody issues certificates here */
  take(requestId: string, body: Buffer): void {
    if (!this.#hub.certificateRenewals.isOffered) throw new HubError('topic.forbidden', NOT_OFFERED);
    try {
      const request = readRenewalRequest(this.#speaker, requestId, body);
      requireCertificate(this.#speaker);
      const { correlationId, expiryTime } = this.#hub.certificateRenewals.begin(this.#speaker, request);
      this.#send(202, requestId, { correlationId, operationExpires: new Date(expiryTime).toISOString() });
    } catch (error) {
      const refusal = asHubError(error);
      if (refusal.code === 'server.fault') throw error;
      this.#connection.bookRefusal(refusal);
      this.#send(refusal.row.http, requestId, this.#refusalBody(refusal, null));
    }
  }

  /** The device has the answer. */
  acknowledged(): void {
    const renewal = this.#unacknowledged;
    this.#unacknowledged = undefined;
    if (renewal === undefined) return;
    this.#hub.certificateRenewals.delivered(renewal);
    // Another request may have been answered while this packet id was taken.
    const next = this.#hub.certificateRenewals.find(this.#speaker);
    if (next !== undefined && next.outcome !== null) this.#deliver(next);
  }

  #deliver(renewal: Renewal): void {
    const { outcome, requestId, correlationId } = renewal;
    const [, qos] = this.#connection.certificateFilter ?? [];
    if (outcome === null || qos === undefined || this.#unacknowledged !== undefined) return;
    if (qos === 1) this.#unacknowledged = renewal;
    else this.#hub.certificateRenewals.delivered(renewal);
    const packetId = qos === 1 ? CERTIFICATE_PACKET_ID : undefined;
    if (outcome.kind === 'issued') {
      this.#send(200, requestId, { correlationId, certificates: [...outcome.certificates] }, packetId);
      return;
    }
    const { refusal } = outcome;
    this.#connection.bookRefusal(refusal);
    this.#send(refusal.row.http, requestId, this.#refusalBody(refusal, renewal), packetId);
  }

  #send(status: number, requestId: string, body: JsonObject, packetId?: number): void {
    const [filter] = this.#connection.certificateFilter ?? [];
    if (filter === undefined) return;
    const topic = topicTo.certificateResponse(certificateWordOf(filter), status, requestId);
    const payload = Buffer.from(JSON.stringify(body));
    this.#connection.publish({ topic, payload, ...(packetId === undefined ? {} : { packetId }) });
  }

  /** `info` tells what became of a request that had been accepted. */
  #refusalBody(refusal: HubError, renewal: Renewal | null): JsonObject {
    return {
      errorCode: refusal.row.hub,
      message: refusal.message,
      trackingId: newGuid(this.#hub),
      timestampUtc: new Date(this.#hub.clock.now()).toISOString(),
      ...(refusal.row.retry ? { retryAfter: RETRY_AFTER_SECONDS } : {}),
      info: renewal && {
        correlationId: renewal.correlationId,
        credentialError: refusal.code,
        credentialMessage: refusal.message,
        requestId: renewal.requestId,
        operationExpires: new Date(renewal.expiryTime).toISOString(),
      },
    };
  }
}

const RETRY_AFTER_SECONDS = 30;
/** Source: Azure IoT Hub, "Renew certificates over MQTT" (preview). */
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9-]{2,34}[A-Za-z0-9]$/;
const MEMBERS: readonly string[] = ['id', 'csr', 'replace'];

/** @throws HubError argument.invalid, format.invalid */
function readRenewalRequest({ deviceId }: Speaker, requestId: string, body: Buffer): RenewalRequest {
  requireRequestId(requestId, 'the request id');
  const request = parseObject(body);
  const unknown = Object.keys(request).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw invalid(`"${unknown.slice(0, 40)}" is no member of a certificate request`);
  const { id, csr, replace } = request;
  if (id !== deviceId) throw invalid(`"id" is the id of this device, "${deviceId}"`);
  if (typeof csr !== 'string' || csr === '') throw invalid('"csr" is base64 of a PKCS #10 request');
  const max = LIMITS.CSR_CHARACTERS_MAX;
  if (csr.length > max) throw invalid(`"csr" has ${csr.length} characters; at most ${max} are read`);
  if (replace === undefined) return { requestId, csr };
  if (typeof replace !== 'string') throw invalid('"replace" is "*" or the id of a request');
  if (replace !== '*') requireRequestId(replace, '"replace"');
  return { requestId, csr, replace };
}

function requireRequestId(id: string, what: string): void {
  if (REQUEST_ID.test(id)) return;
  throw invalid(`${what} has 4 to 36 letters, digits and -, with a letter or digit first and last`);
}

/** @throws HubError argument.invalid: no body; format.invalid: no JSON object */
function parseObject(body: Buffer): JsonObject {
  if (body.length === 0) throw invalid('a certificate request has a body: {"id", "csr"}');
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new HubError('format.invalid', 'the body is not JSON', { cause });
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw new HubError('format.invalid', 'the body is a JSON object');
}

function requireCertificate({ deviceId, authMethod }: Speaker): void {
  if (authMethod === AuthMethod.x509Authority) return;
  throw new HubError(
    'renewal.notAllowed',
    `"${deviceId}" is not connected with a certificate that an authority signed, so there is none to renew`,
  );
}

function invalid(message: string): HubError {
  return new HubError('argument.invalid', message);
}
