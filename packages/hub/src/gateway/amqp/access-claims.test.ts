import { describe, expect, it } from 'vitest';
import { type AccessClaim, AccessClaims } from './access-claims.ts';

const LATER = 1_000;
const d1 = { deviceId: 'd1' };
const d1m1 = { deviceId: 'd1', moduleId: 'm1' };

function claim(path: string, expiresAt: number, more: Partial<AccessClaim> = {}): AccessClaim {
  return { policy: 'service', path, expiresAt, mayServe: true, mayBeDevice: false, token: path, ...more };
}

const ofDevice = (path: string, expiresAt = LATER) =>
  claim(path, expiresAt, { policy: undefined, mayServe: false, mayBeDevice: true });

describe('AccessClaims', () => {
  it('covers what lies below a claim, and what is narrower only within', () => {
    const claims = new AccessClaims();
    claims.add(claim('messages/events', LATER));
    expect(claims.require('messages/events', 1)).toBeDefined();
    expect(() => claims.require('messages/devicebound', 0)).toThrow(/no token on this connection/);
    claims.add(claim('', LATER));
    expect(claims.require('messages/devicebound', 0)).toBeDefined();
  });

  it('lets a token that is put again take the place of the one before, whenever it runs out', () => {
    const claims = new AccessClaims();
    claims.add(claim('', 100));
    expect(() => claims.require('messages/events', 100)).toThrow(/ran out/);
    claims.add(claim('', 200));
    expect(claims.require('messages/events', 199)).toMatchObject({ expiresAt: 200 });
    claims.add(claim('', 150, { token: 'with a new key' }));
    expect(claims.require('messages/events', 149)).toMatchObject({ token: 'with a new key' });
    expect(claims.nextExpiry(100)).toBe(150);
  });

  it('is nothing without a token', () => {
    expect(() => new AccessClaims().require('messages/events', 0)).toThrow(/no token was put/);
    expect(() => new AccessClaims().requireDevice(d1, 0)).toThrow(/no token was put/);
  });

  it('lets a device speak by its own token or one above it, the narrowest first, and no other', () => {
    const claims = new AccessClaims();
    claims.add(ofDevice('devices/d1'));
    expect(() => claims.requireDevice({ deviceId: 'd2' }, 0)).toThrow(
      /no token on this connection is for "devices\/d2"/,
    );
    expect(() => claims.requireDevice({ deviceId: 'd11' }, 0)).toThrow();
    expect(claims.requireDevice(d1m1, 0)).toMatchObject({ path: 'devices/d1' });
    claims.add(ofDevice('devices/d1/modules/m1'));
    expect(claims.requireDevice(d1m1, 0)).toMatchObject({ path: 'devices/d1/modules/m1' });
    claims.add(claim('', LATER, { mayBeDevice: true }));
    expect(claims.requireDevice({ deviceId: 'd2' }, 0)).toMatchObject({ path: '' });
    expect(claims.requireDevice(d1, LATER - 1)).toMatchObject({ path: 'devices/d1' });
    expect(() => claims.requireDevice(d1, LATER)).toThrow(/ran out/);
  });

  it('judges by what a policy grants, not by what it covers', () => {
    const claims = new AccessClaims();
    claims.add(claim('', LATER));
    expect(() => claims.requireDevice(d1, 0)).toThrow(/grants DeviceConnect/);
    const devices = new AccessClaims();
    devices.add(claim('', LATER, { mayServe: false, mayBeDevice: true }));
    expect(() => devices.require('messages/events', 0)).toThrow(/grants ServiceConnect/);
  });

  it('knows whether others need the connection', () => {
    const claims = new AccessClaims();
    claims.add(ofDevice('devices/d1'));
    expect(claims.coversOthersThan(d1)).toBe(false);
    expect(claims.coversOthersThan(d1m1)).toBe(true);
    claims.add(ofDevice('devices/d2'));
    expect(claims.coversOthersThan(d1)).toBe(true);
  });
});
