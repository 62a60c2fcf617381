import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { AmqpError, AttachRequest, GuestSocket, ServerConnection } from '@viaduct/hub';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewAttempt } from '../../core/ports.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import { AmqpProvisioning } from './amqp-provisioning.ts';

/** How long connections last and how many there are: what no client would wait for. */
let guest: AmqpProvisioning;
let attempts: NewAttempt[];
let faults: unknown[];
let closed: AmqpError[];

beforeEach(() => {
  vi.useFakeTimers();
  [attempts, faults, closed] = [[], [], []];
  const used: Pick<Provisioning, 'clock' | 'random' | 'retryAfterSeconds'> = {
    clock: { now: () => Date.UTC(2026, 10, 29) },
    random: { bytes: randomBytes },
    retryAfterSeconds: 1,
  };
  const book = { record: (attempt: NewAttempt) => attempts.push(attempt) };
  const provisioning = { ...used, attempts: book } as unknown as Provisioning;
  guest = new AmqpProvisioning(provisioning, { onFault: (fault) => faults.push(fault) });
});
afterEach(() => {
  vi.useRealTimers();
});

function connected() {
  const connection = { linkCount: 1, close: (error: AmqpError) => closed.push(error) };
  const socket = {
    transport: 'amqp',
    remoteAddress: '127.0.0.1',
    certificate: undefined,
    tlsSocket: new PassThrough(),
  };
  return guest.serve(connection as unknown as ServerConnection, socket as GuestSocket);
}

describe('a connection of a device that registers', () => {
  it('ends when nothing that it asked for was let in, and says why', () => {
    connected();
    vi.advanceTimersByTime(LIMITS.PROVISIONING_FIRST_REQUEST_SECONDS_MAX * 1_000 - 1);
    expect(closed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(closed).toMatchObject([{ condition: 'amqp:resource-limit-exceeded' }]);
    expect(JSON.parse(closed[0]?.description ?? '')).toMatchObject({ message: expect.stringContaining('60 s') });
  });

  it('is told when the server stops', () => {
    connected().close(new HubError('server.draining', 'the server is stopping'));
    expect(closed).toMatchObject([{ condition: 'amqp:connection:forced' }]);
    expect(JSON.parse(closed[0]?.description ?? '')).toMatchObject({ errorCode: 503001 });
  });

  it('is refused when there are too many, until one has gone', () => {
    const peers = Array.from({ length: LIMITS.PROVISIONING_CONNECTIONS_MAX }, connected);
    const request = { address: '$cbs', refuse: () => undefined } as unknown as AttachRequest;
    const late = connected();
    expect(() => late.attached(request)).toThrow(expect.objectContaining({ code: 'connection.tooMany' }));
    late.ended(undefined);
    peers[0]?.ended(undefined);
    expect(() => connected().attached(request)).not.toThrow();
  });

  it('books what the peer did wrong, reports what is our fault, and neither when the peer vanished', async () => {
    const peer = connected();
    await peer.authenticatePlain('0ne1/registrations/dev1', '');
    peer.ended(new HubError('packet.malformed', 'AMQP: no bytes'));
    expect(attempts).toMatchObject([{ registrationId: 'dev1', outcome: 'refused', code: 'packet.malformed' }]);
    const fault = new TypeError('x is not a function');
    connected().ended(fault);
    expect(faults).toEqual([fault]);
    connected().ended(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    expect([attempts.length, faults.length]).toEqual([1, 1]);
  });
});
