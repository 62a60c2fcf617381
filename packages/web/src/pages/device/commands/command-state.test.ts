import type { QueuedCommand } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { commandState, remaining } from './command-state.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();
const command = (facts: Partial<QueuedCommand>): QueuedCommand => ({
  messageId: 'm1',
  sequenceNumber: 1,
  enqueuedAt: at(-60),
  expiresAt: at(60),
  deliveryCount: 0,
  state: 'waiting',
  lockedUntil: null,
  ack: 'none',
  contentType: null,
  inputName: null,
  properties: {},
  bodyBytes: 1,
  preview: { kind: 'text', value: 'x' },
  isPreviewCut: false,
  ...facts,
});

describe('commandState', () => {
  it('names the second until which the device holds a command', () => {
    const state = commandState(command({ state: 'delivered', lockedUntil: at(30) }), NOW);
    expect(state.kind).toBe('delivered');
    expect(state.words).toMatch(/until \d\d:00:30$/);
  });

  it('lets a lock run out without asking the server again', () => {
    expect(commandState(command({ state: 'delivered', lockedUntil: at(-1) }), NOW).kind).toBe('waiting');
  });

  it('counts how often it was given back', () => {
    expect(commandState(command({}), NOW).note).toBe('');
    expect(commandState(command({ deliveryCount: 1 }), NOW).note).toContain('once');
    expect(commandState(command({ deliveryCount: 3 }), NOW).note).toContain('3 times');
  });

  it('says that a command has expired, unless the device holds it still', () => {
    expect(commandState(command({ expiresAt: at(-1) }), NOW).kind).toBe('expired');
    expect(commandState(command({ expiresAt: at(-1), lockedUntil: at(5) }), NOW).kind).toBe('delivered');
    expect([remaining(at(-1), NOW), remaining(at(90), NOW)]).toEqual(['expired', 'expires in 1 min']);
  });
});
