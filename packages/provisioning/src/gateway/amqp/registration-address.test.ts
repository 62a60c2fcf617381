import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameName, parseRegistrationAddress } from './registration-address.ts';

describe('parseRegistrationAddress', () => {
  it.each([
    ['0ne00000001/registrations/dev1', 'dev1'],
    ['/0ne00000001/registrations/dev1', 'dev1'],
    ['amqps://global.example:5671/0ne00000001/registrations/dev1', 'dev1'],
    ['0ne00000001/Registrations/a%3Ab', 'a:b'],
    ['0ne00000001/registrations/100%', '100%'],
  ])('reads %s', (address, registrationId) => {
    expect(parseRegistrationAddress(address)).toEqual({ idScope: '0ne00000001', registrationId });
  });

  it.each([
    '',
    '$cbs',
    'devices/registrations/messages/events',
    '0ne00000001/registrations/',
    '/registrations/dev1',
    '0ne00000001/registrations/dev1/register',
    'd1@sas.myhub',
  ])('takes "%s" for somebody else’s', (address) => {
    expect(parseRegistrationAddress(address)).toBeUndefined();
  });

  it('makes a name or nothing of any text', () => {
    void fc.assert(
      fc.property(fc.string(), (text) => {
        const name = parseRegistrationAddress(`0ne00000001/registrations/${text}`);
        expect(name === undefined).toBe(text === '' || text.includes('/'));
      }),
    );
  });
});

describe('isSameName', () => {
  it('compares without regard to case', () => {
    const name = { idScope: '0neABC', registrationId: 'dev1' };
    expect(isSameName(name, { idScope: '0neabc', registrationId: 'DEV1' })).toBe(true);
    expect(isSameName(name, { idScope: '0neabc', registrationId: 'dev2' })).toBe(false);
  });
});
