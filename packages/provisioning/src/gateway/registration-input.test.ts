import { LIMITS } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireApiVersion } from './api-version.ts';
import { readRegistrationInput } from './registration-input.ts';

const read = (body: string, registrationId = 'Dev1') => readRegistrationInput(Buffer.from(body), registrationId);

describe('readRegistrationInput', () => {
  it.each([
    ['', {}],
    [' ', {}],
    ['{}', {}],
    ['\uFEFF{"registrationId":"dev1"}', {}],
    ['{"registrationId":"","payload":null,"csr":null,"tpm":null}', {}],
    ['{"payload":{"modelId":"dtmi:x;1"}}', { payload: { modelId: 'dtmi:x;1' } }],
    ['{"payload":0,"csr":"MII","more":1}', { payload: 0, csr: 'MII' }],
    ['{"tpm":{"endorsementKey":"AA"}}', { tpm: { endorsementKey: 'AA' } }],
    ['{"tpm":{"endorsementKey":"AA","storageRootKey":"BB"}}', { tpm: { endorsementKey: 'AA', storageRootKey: 'BB' } }],
  ])('reads %j', (body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  it.each([
    ['{', 'format.invalid'],
    ['[]', 'argument.invalid'],
    ['null', 'argument.invalid'],
    ['{"registrationId":"other"}', 'argument.invalid'],
    ['{"registrationId":1}', 'argument.invalid'],
    ['{"csr":{}}', 'argument.invalid'],
    ['{"tpm":{}}', 'argument.invalid'],
    ['{"tpm":"AA"}', 'argument.invalid'],
    [`{"payload":${'['.repeat(40_000)}${']'.repeat(40_000)}}`, 'argument.invalid'],
    [' '.repeat(LIMITS.PROVISIONING_MESSAGE_BYTES_MAX + 1), 'message.tooLarge'],
  ])('refuses %.40j with %s', (body, code) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code }));
  });

  it('reads or refuses any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json().map(Buffer.from), fc.uint8Array().map(Buffer.from)), (body) => {
        try {
          readRegistrationInput(body, 'dev1');
        } catch (error) {
          expect(error).toMatchObject({ name: 'HubError' });
        }
      }),
    );
  });
});

describe('requireApiVersion', () => {
  it('takes any that the service has had, and later ones', () => {
    for (const version of ['2017-08-31-preview', '2019-03-31', '2021-10-01', '2025-07-01-preview', '2031-12-31'])
      expect(requireApiVersion(version)).toBe(version);
  });

  it.each([undefined, '', '2016-11-14', '2019-13-31', 'banana', ['2019-03-31']])('refuses %j', (version) => {
    expect(() => requireApiVersion(version)).toThrow(expect.objectContaining({ code: 'argument.invalid' }));
  });
});
