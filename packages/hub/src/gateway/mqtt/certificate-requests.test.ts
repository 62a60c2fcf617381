import { HubError } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/ports.ts';
import { AuthMethod } from '../../core/record/record.ts';
import { CertificateRenewals } from '../../core/renewal/certificate-renewals.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { CERTIFICATE_PACKET_ID, CertificateRequests } from './certificate-requests.ts';
import type { OutgoingMessage } from './packet.ts';

const ACCEPTED = {
  correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  operationExpires: '2030-01-01T12:00:00.000Z',
};
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
  hub.certificateRenewals.offer(async (_deviceId, csr) => [`signed ${csr}`, 'issuer', 'root']);
});
afterEach(() => hub.close());

/** One connection of the device, as certificate requests see it. */
class Connection {
  certificateFilter: readonly [string, 0 | 1] | undefined;
  readonly sent: OutgoingMessage[] = [];
  readonly booked: string[] = [];
  readonly requests: CertificateRequests;

  constructor(filter?: readonly [string, 0 | 1], authMethod: AuthMethod = AuthMethod.x509Authority) {
    this.certificateFilter = filter;
    const speaker = { deviceId: 'pump', generationId: '1', modelId: null, authMethod };
    this.requests = new CertificateRequests(hub, speaker, this);
    if (filter !== undefined) this.requests.listen();
  }

  publish(message: OutgoingMessage): void {
    this.sent.push(message);
  }

  bookRefusal({ code }: HubError): void {
    this.booked.push(code);
  }

  ask(body: unknown, requestId = 'ab-1'): void {
    this.requests.take(requestId, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  }

  /** What it was sent so far, once what is under way has ended. */
  async heard(): Promise<(readonly [topic: string, body: JsonObject, packetId?: number])[]> {
    await new Promise(setImmediate);
    return this.sent.map(({ topic, payload, packetId }) => [
      topic,
      JSON.parse(Buffer.from(payload).toString()) as JsonObject,
      ...(packetId === undefined ? ([] as const) : ([packetId] as const)),
    ]);
  }
}

const listening = (qos: 0 | 1) => ['$iothub/credentials/res/#', qos] as const;
const good = { id: 'pump', csr: 'AAAA' };

describe('a request for a certificate over MQTT', () => {
  it('ends the connection where nobody issues certificates', async () => {
    const renewals = new CertificateRenewals(hub);
    const speaker = { deviceId: 'pump', generationId: '1', modelId: null, authMethod: AuthMethod.x509Authority };
    const requests = new CertificateRequests({ ...hub, certificateRenewals: renewals }, speaker, new Connection());
    expect(() => requests.take('ab-1', Buffer.from('{}'))).toThrow(
      expect.objectContaining({ code: 'topic.forbidden' }),
    );
  });

  it('is accepted, then answered', async () => {
    const device = new Connection(listening(0));
    device.ask(good);
    expect(await device.heard()).toEqual([
      ['$iothub/credentials/res/202/?$rid=ab-1', ACCEPTED],
      [
        '$iothub/credentials/res/200/?$rid=ab-1',
        { correlationId: ACCEPTED.correlationId, certificates: ['signed AAAA', 'issuer', 'root'] },
      ],
    ]);
    device.ask(good, 'ab-2');
    expect(await device.heard()).toHaveLength(4);
  });

  it('is answered under the word that the filter is written with', async () => {
    const device = new Connection(['$iothub/credential/#', 0]);
    device.ask(good);
    expect((await device.heard()).map(([topic]) => topic)).toEqual([
      '$iothub/credential/res/202/?$rid=ab-1',
      '$iothub/credential/res/200/?$rid=ab-1',
    ]);
  });

  it('is answered when the device listens, and with QoS 1 again until it has acknowledged', async () => {
    const deaf = new Connection();
    deaf.ask(good);
    expect(await deaf.heard()).toEqual([]);
    deaf.requests.close();
    for (let attempt = 0; attempt < 2; attempt++) {
      const device = new Connection(listening(1));
      device.requests.listen();
      expect(await device.heard()).toMatchObject([
        ['$iothub/credentials/res/200/?$rid=ab-1', {}, CERTIFICATE_PACKET_ID],
      ]);
      if (attempt === 1) device.requests.acknowledged();
      device.requests.close();
    }
    expect(await new Connection(listening(1)).heard()).toEqual([]);
  });

  it('is told after 202 when it cannot be granted', async () => {
    hub.certificateRenewals.offer(() => Promise.reject(new HubError('csr.invalid', 'a wrong name')));
    const device = new Connection(listening(0));
    device.ask(good);
    const [accepted, refused] = await device.heard();
    expect(accepted?.[0]).toBe('$iothub/credentials/res/202/?$rid=ab-1');
    expect(refused).toMatchObject([
      '$iothub/credentials/res/400/?$rid=ab-1',
      {
        errorCode: 400037,
        message: 'a wrong name',
        trackingId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        timestampUtc: '2030-01-01T00:00:00.000Z',
        info: {
          ...accepted?.[1],
          credentialError: 'csr.invalid',
          credentialMessage: 'a wrong name',
          requestId: 'ab-1',
        },
      },
    ]);
    expect(device.booked).toEqual(['csr.invalid']);
  });

  it.each([
    ['another device', { ...good, id: 'other' }, 400004],
    ['no csr', { id: 'pump' }, 400004],
    ['a member that is not known', { ...good, validity: 9 }, 400004],
    ['nothing at all', '', 400004],
    ['no JSON', '{', 400006],
    ['no object', '[]', 400006],
    ['a csr that is too long', { ...good, csr: 'A'.repeat(10_925) }, 400004],
    ['a request to replace that was never made', { ...good, replace: 'ab-9' }, 412001],
    ['an id to replace that is none', { ...good, replace: 'a' }, 400004],
  ])('is refused at once with %s', async (_what, body, errorCode) => {
    const device = new Connection(listening(0));
    device.ask(body);
    expect(await device.heard()).toMatchObject([
      [`$iothub/credentials/res/${String(errorCode).slice(0, 3)}/?$rid=ab-1`, { errorCode, info: null }],
    ]);
  });

  it.each(['abc', '-abcd', 'abcd-', 'a'.repeat(37), 'ab_cd'])(
    'is refused with the request id %s',
    async (requestId) => {
      const device = new Connection(listening(0));
      device.ask(good, requestId);
      expect(await device.heard()).toMatchObject([
        [`$iothub/credentials/res/400/?$rid=${requestId}`, { errorCode: 400004 }],
      ]);
    },
  );

  it('is refused while another is under way, and replaces it when it says so', async () => {
    const device = new Connection(listening(0));
    device.ask(good, 'ab-1');
    device.ask(good, 'ab-2');
    device.ask({ ...good, replace: 'ab-1' }, 'ab-3');
    const topics = (await device.heard()).map(([topic, { errorCode }]) => [
      topic.split('/').slice(3).join('/'),
      errorCode,
    ]);
    expect(topics).toEqual([
      ['202/?$rid=ab-1', undefined],
      ['409/?$rid=ab-2', 409004],
      ['202/?$rid=ab-3', undefined],
      ['200/?$rid=ab-3', undefined],
    ]);
  });

  it('is refused to a device that is connected by anything but a certificate of an authority', async () => {
    const device = new Connection(listening(0), AuthMethod.deviceKey);
    device.ask(good);
    expect(await device.heard()).toMatchObject([['$iothub/credentials/res/403/?$rid=ab-1', { errorCode: 403003 }]]);
  });
});
