import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkRate, parseNetDev, readNetworkCounters } from './network-rate.ts';

const RECORDED = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  eth0: 784086229   23396    0    0    0     0          0         0  1859287   15006    0    0    0     0       0          0
 wlan0:1000 1 0 0 0 0 0 0 2000 2 0 0 0 0 0 0
`;

describe('parseNetDev', () => {
  it('adds up all interfaces but the loopback, also where no space follows the colon', () => {
    expect(parseNetDev(RECORDED)).toEqual({ receivedBytes: 784_087_229, transmittedBytes: 1_861_287 });
  });

  it('finds nothing in a text without interfaces, and never throws', () => {
    expect(parseNetDev('')).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const totals = parseNetDev(text);
        expect(totals === undefined || Number.isFinite(totals.receivedBytes + totals.transmittedBytes)).toBe(true);
      }),
    );
  });
});

describe('networkRate', () => {
  it('is bytes per second between two readings', () => {
    const before = { receivedBytes: 1000, transmittedBytes: 50, atMs: 10_000 };
    const after = { receivedBytes: 5000, transmittedBytes: 50, atMs: 12_000 };
    expect(networkRate(before, after)).toEqual({ receiveBytesPerSecond: 2000, transmitBytesPerSecond: 0 });
  });

  it('says nothing when a counter went back or no time passed', () => {
    const reading = { receivedBytes: 1000, transmittedBytes: 50, atMs: 10_000 };
    expect(networkRate(reading, { ...reading, receivedBytes: 10, atMs: 11_000 })).toBeUndefined();
    expect(networkRate(reading, reading)).toBeUndefined();
  });

  it('reads nothing where the kernel keeps no counters', async () => {
    expect(await readNetworkCounters(0, '/nowhere/dev')).toBeUndefined();
  });
});
