import type { Agent } from 'node:http';
import { HubError, LIMITS, parseConnectionString } from '@viaduct/contracts';
import { type JsonObject, signSas, type TellsTime } from '@viaduct/hub';
import type { DeviceAuthentication, FoundDevice, HubClient, HubDevice, LinkedHubRecord } from '../core/ports.ts';
import { type Answer, agentFor, excerpt, NoAnswer, type OutgoingRequest, sendBounded } from './bounded-request.ts';

const API_VERSION = '2021-04-12';
const TOKEN_SECONDS = 300;
/** For so long a hub that did not answer in time is not asked: those who wait for it must not keep others from their hubs. */
const SILENT_MS = 10_000;
/** A device with its twin has 32 KiB of desired properties and 8 of tags at most; reported ones come along. */
const ANSWER_BYTES_MAX = 262_144;

/**
 * Another hub, of Viaduct or of Azure, over its REST API, with a token of its connection string's policy made for each request.
 *
 * Source: Azure IoT Hub, "Service REST API", registry and twins.
 */
export class RemoteHubClient implements HubClient {
  readonly #p: TellsTime;
  readonly #url: URL;
  readonly #policy: string;
  readonly #key: string;
  readonly #host: string;
  readonly #agent: Agent;
  #silentUntil = 0;

  /** @throws HubError linkedHub.invalid */
  constructor(p: TellsTime, { hostName, connectionString, caPem }: LinkedHubRecord) {
    const { HostName, SharedAccessKeyName, SharedAccessKey } = parseConnectionString(connectionString ?? '');
    if (!HostName || !SharedAccessKeyName || !SharedAccessKey || !URL.canParse(`https://${HostName}`)) {
      throw new HubError('linkedHub.invalid', `the connection string of ${hostName} lacks a part`);
    }
    this.#p = p;
    this.#url = new URL(`https://${HostName}`);
    this.#host = hostName;
    this.#policy = SharedAccessKeyName;
    this.#key = SharedAccessKey;
    this.#agent = agentFor(this.#url, caPem);
  }

  async find(deviceId: string, signal: AbortSignal): Promise<FoundDevice | undefined> {
    const [device, twin] = await Promise.all([
      this.#ask('GET', `/devices/${encodeURIComponent(deviceId)}`, signal),
      this.#ask('GET', `/twins/${encodeURIComponent(deviceId)}`, signal),
    ]);
    if (device.status === 404 || twin.status === 404) return undefined;
    const { status, capabilities } = this.#object(device);
    const { tags, properties } = this.#object(twin);
    return {
      status: status === 'disabled' ? 'disabled' : 'enabled',
      capabilities: { iotEdge: (capabilities as JsonObject | undefined)?.iotEdge === true },
      twin: { tags: section(tags), desired: section((properties as JsonObject | undefined)?.desired) },
    };
  }

  /** With its twin in one request, so that there is no device without it, wherever we are stopped. */
  async createOrRefresh(deviceId: string, device: HubDevice, signal: AbortSignal): Promise<'created' | 'refreshed'> {
    if (await this.#refresh(deviceId, device, signal)) return 'refreshed';
    const { status, capabilities, twin } = device;
    const created = await this.#ask('POST', '/devices', signal, [
      {
        ...{ id: deviceId, importMode: 'create', status, capabilities },
        ...authenticationOf(device.authentication),
        ...{ tags: twin.tags, properties: { desired: twin.desired } },
      },
    ]);
    if (created.status < 300 && this.#object(created).isSuccessful === true) return 'created';
    // Unless somebody made it at the same moment, it cannot be made.
    if (await this.#refresh(deviceId, device, signal)) return 'refreshed';
    throw this.#refused(created.status, created.text);
  }

  /** False when it is not there. */
  async #refresh(deviceId: string, { authentication }: HubDevice, signal: AbortSignal): Promise<boolean> {
    const known = await this.#ask('GET', `/devices/${encodeURIComponent(deviceId)}`, signal);
    if (known.status === 404) return false;
    await this.#put(deviceId, { ...this.#object(known), ...authenticationOf(authentication) }, signal);
    return true;
  }

  async remove(deviceId: string, signal: AbortSignal): Promise<void> {
    const path = `/devices/${encodeURIComponent(deviceId)}`;
    const { status, text } = await this.#ask('DELETE', path, signal, undefined, ANY_VERSION);
    if (status >= 400 && status !== 404) throw this.#refused(status, text);
  }

  async setStatus(
    deviceId: string,
    status: 'enabled' | 'disabled',
    reason: string,
    signal: AbortSignal,
  ): Promise<void> {
    const known = await this.#ask('GET', `/devices/${encodeURIComponent(deviceId)}`, signal);
    if (known.status === 404) return;
    await this.#put(deviceId, { ...this.#object(known), status, statusReason: reason }, signal);
  }

  async measureLatency(signal: AbortSignal): Promise<number> {
    // The first request opens the connection, which no device does each time.
    await this.#ask('GET', '/statistics/devices', signal);
    const begin = performance.now();
    this.#object(await this.#ask('GET', '/statistics/devices', signal));
    return performance.now() - begin;
  }

  async #put(deviceId: string, device: JsonObject, signal: AbortSignal): Promise<void> {
    const path = `/devices/${encodeURIComponent(deviceId)}`;
    this.#object(await this.#ask('PUT', path, signal, device, ANY_VERSION));
  }

  /** @throws HubError linkedHub.unreachable (retry), linkedHub.refused: not authorized */
  async #ask(
    method: OutgoingRequest['method'],
    path: string,
    signal: AbortSignal,
    json?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await this.#send(
      {
        url: new URL(`${path}?api-version=${API_VERSION}`, this.#url),
        method,
        headers: {
          authorization: this.#token(),
          accept: 'application/json',
          ...(json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: Buffer.from(JSON.stringify(json)) }),
      },
      signal,
    );
    const { status, text } = answer;
    if (status >= 500 || status === 429 || status === 408) {
      throw new HubError('linkedHub.unreachable', `${this.#host} answered ${status}${excerpt(text)}`);
    }
    if (status === 401 || status === 403 || (status >= 300 && status < 400)) throw this.#refused(status, text);
    return answer;
  }

  async #send(
    outgoing: Pick<OutgoingRequest, 'url' | 'method' | 'headers' | 'body'>,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (this.#p.clock.now() < this.#silentUntil) throw silent(this.#host);
    try {
      return await sendBounded({
        ...outgoing,
        agent: this.#agent,
        timeoutMs: LIMITS.LINKED_HUB_SECONDS_MAX * 1_000,
        answerBytesMax: ANSWER_BYTES_MAX,
        signal,
      });
    } catch (cause) {
      if (!(cause instanceof NoAnswer)) throw cause;
      if (cause.isTimeout) this.#silentUntil = this.#p.clock.now() + SILENT_MS;
      throw new HubError('linkedHub.unreachable', cause.message, { cause });
    }
  }

  #token(): string {
    const expiry = Math.floor(this.#p.clock.now() / 1_000) + TOKEN_SECONDS;
    return signSas(this.#url.hostname, this.#key, expiry, this.#policy);
  }

  /** What a request that must succeed was answered. @throws HubError linkedHub.refused */
  #object({ status, text }: Answer): JsonObject {
    if (status >= 400) throw this.#refused(status, text);
    try {
      const json: unknown = JSON.parse(text);
      if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
    } catch {
      // Told below: the address may be one of a web server that is no hub.
    }
    throw this.#refused(status, text);
  }

  #refused(status: number, text: string): HubError {
    return new HubError('linkedHub.refused', `${this.#host} answered ${status}${excerpt(text)}`);
  }
}

function silent(host: string): HubError {
  return new HubError('linkedHub.unreachable', `${host} did not answer a moment ago`);
}

const ANY_VERSION = { 'if-match': '*' };

function authenticationOf(authentication: DeviceAuthentication): JsonObject {
  switch (authentication.kind) {
    case 'sas': {
      const { primaryKey, secondaryKey } = authentication;
      return { authentication: { type: 'sas', symmetricKey: { primaryKey, secondaryKey } } };
    }
    case 'thumbprint': {
      const x509Thumbprint = {
        primaryThumbprint: authentication.primary,
        secondaryThumbprint: authentication.secondary,
      };
      return { authentication: { type: 'selfSigned', x509Thumbprint } };
    }
    case 'authority':
      return { authentication: { type: 'certificateAuthority' } };
    default:
      return authentication satisfies never;
  }
}

/** Without what the hub adds to each section. */
function section(value: unknown): JsonObject {
  const members = Object.entries((value ?? {}) as JsonObject);
  return Object.fromEntries(members.filter(([key]) => key !== '$metadata' && key !== '$version'));
}
