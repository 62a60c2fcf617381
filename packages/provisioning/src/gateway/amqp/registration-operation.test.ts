import { HubError } from '@viaduct/contracts';
import { parseAmqpMessage } from '@viaduct/hub';
import * as fc from 'fast-check';
import rhea, { type Message } from 'rhea';
import { describe, expect, it } from 'vitest';
import { parseRegistrationOperation } from './registration-operation.ts';

const parse = (encoded: Buffer) => parseRegistrationOperation(parseAmqpMessage(encoded), 'dev1');
const encoded = (message: Message): Buffer => rhea.message.encode(message) as Buffer;

describe('parseRegistrationOperation', () => {
  it.each([
    [{ 'iotdps-operation-type': 'iotdps-register' }, undefined, { kind: 'register', request: {} }],
    [
      { 'iotdps-operation-type': 'iotdps-register', 'iotdps-forceRegistration': true },
      '{"registrationId":"DEV1","payload":{"modelId":"dtmi:x;1"}}',
      { kind: 'register', request: { payload: { modelId: 'dtmi:x;1' }, forceRegistration: true } },
    ],
    [
      { 'iotdps-operation-type': 'iotdps-get-operationstatus', 'iotdps-operation-id': '4.a.b' },
      'iotdps-get-operationstatus',
      { kind: 'poll', operationId: '4.a.b' },
    ],
    [{ 'iotdps-operation-type': 'iotdps-get-registration' }, ' ', { kind: 'lookup', request: {} }],
  ])('reads %o with the body %s', (application_properties, body, operation) => {
    for (const written of [body, rhea.message.data_section(Buffer.from(body ?? ''))]) {
      expect(parse(encoded({ application_properties, body: written ?? '' }))).toEqual(operation);
    }
  });

  it('makes an operation or a refusal of any bytes', () => {
    const whole = encoded({
      correlation_id: 'an id',
      application_properties: { 'iotdps-operation-type': 'iotdps-register', 'iotdps-forceRegistration': 'true' },
      body: rhea.message.data_section(Buffer.from('{"registrationId":"dev1","payload":[1]}')),
    });
    const mistaken = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = Buffer.from(whole);
      bytes[at] = byte;
      return bytes;
    });
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    void fc.assert(
      fc.property(fc.oneof(mistaken, any), (bytes) => {
        try {
          expect(parse(bytes)).toHaveProperty('kind');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HubError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
