import type { CommandMessage } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { createDevice } from '../registry/create-device.ts';
import { deleteDevice } from '../registry/delete-device.ts';
import { CommandSweeper } from './command-sweeper.ts';
import { abandonCommand, completeCommand, lockNextCommand, rejectCommand, unlockCommands } from './deliver-command.ts';
import { abandonFeedback, completeFeedback, lockFeedbackBatch, onFeedback } from './deliver-feedback.ts';
import { listCommands, purgeCommands } from './inspect-commands.ts';
import { sendCommand } from './send-command.ts';

const d1 = { deviceId: 'd1' };
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1);
});
afterEach(() => hub.close());

describe('sendCommand', () => {
  it('hands commands out in order, as they were sent, also after a restart', async () => {
    for (const text of ['one', 'two', 'three']) await sendCommand(hub, d1, command(text));
    hub = await hub.reopened();
    const first = await lockNextCommand(hub, d1);
    const second = await lockNextCommand(hub, d1);
    expect([textOf(first), textOf(second)]).toEqual(['one', 'two']);
    expect(first).toMatchObject({ system: { messageId: 'one' }, application: { k: 'v' }, deliveryCount: 0 });
    expect(first?.lockToken).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('wakes the connection of the device', async () => {
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    await sendCommand(hub, d1, command('one'));
    expect(session.wakeUps).toBe(1);
  });

  it('refuses the 51st, what is too large, what has expired and whom nobody knows', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => sendCommand(hub, d1, command(`c${i}`))));
    await expect(sendCommand(hub, d1, command('51'))).rejects.toMatchObject({ code: 'command.queueFull' });
    await expect(sendCommand(hub, d1, command('x'.repeat(65_537)))).rejects.toMatchObject({ code: 'message.tooLarge' });
    const late = { ...command('x'), expiryTime: hub.clock.now() };
    await expect(sendCommand(hub, d1, late)).rejects.toMatchObject({ code: 'command.expiryInvalid' });
    const far = { ...command('x'), expiryTime: hub.clock.now() + 172_801_000 };
    await expect(sendCommand(hub, d1, far)).rejects.toMatchObject({ code: 'command.expiryInvalid' });
    await expect(sendCommand(hub, { deviceId: 'x' }, command('1'))).rejects.toMatchObject({ code: 'device.notFound' });
  });

  it('gives a message without an id one', async () => {
    const { system } = await sendCommand(hub, d1, { ...command('x'), system: {} });
    expect(system.messageId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a locked command', () => {
  it('is gone once completed, and the lock cannot be used again', async () => {
    await sendCommand(hub, d1, command('one'));
    const token = await lockedToken();
    await completeCommand(hub, d1, token);
    await expect(completeCommand(hub, d1, token)).rejects.toMatchObject({ code: 'command.lockLost' });
    expect(await listCommands(hub, d1)).toEqual([]);
  });

  it('comes back first when abandoned, and is given up after ten deliveries', async () => {
    await sendCommand(hub, d1, command('one', 'negative'));
    await sendCommand(hub, d1, command('two'));
    for (let delivery = 0; delivery < 10; delivery++) {
      const locked = await lockNextCommand(hub, d1);
      expect([textOf(locked), locked?.deliveryCount]).toEqual(['one', delivery]);
      await abandonCommand(hub, d1, locked?.lockToken ?? '');
    }
    expect(textOf(await lockNextCommand(hub, d1))).toBe('two');
    expect(await outcomes()).toEqual(['one DeliveryCountExceeded']);
  });

  it('lets go of some locks only, uncounted, and passes over those that are lost', async () => {
    for (const text of ['one', 'two', 'three']) await sendCommand(hub, d1, command(text));
    const [one, two, three] = [await lockedToken(), await lockedToken(), await lockedToken()];
    await completeCommand(hub, d1, three);
    await unlockCommands(hub, d1, [one, three]);
    expect(await lockNextCommand(hub, d1)).toMatchObject({ system: { messageId: 'one' }, deliveryCount: 0 });
    expect(await lockNextCommand(hub, d1)).toBeUndefined();
    await completeCommand(hub, d1, two);
  });

  it('comes back uncounted when its connection ends', async () => {
    await sendCommand(hub, d1, command('one'));
    const token = await lockedToken();
    expect(await lockNextCommand(hub, d1)).toBeUndefined();
    await unlockCommands(hub, d1, [token]);
    expect(await lockNextCommand(hub, d1)).toMatchObject({ deliveryCount: 0 });
  });

  it('comes back uncounted when its lock runs out, and wakes the connection', async () => {
    const sweeper = new CommandSweeper(hub);
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    await sendCommand(hub, d1, command('one'));
    const stale = await lockedToken();
    hub.clock.advance(60);
    await sweeper.sweep();
    expect(session.wakeUps).toBe(2);
    expect(await lockNextCommand(hub, d1)).toMatchObject({ deliveryCount: 0 });
    await expect(completeCommand(hub, d1, stale)).rejects.toMatchObject({ code: 'command.lockLost' });
    await sweeper.close();
  });

  it('waits again at once after a restart', async () => {
    await sendCommand(hub, d1, command('one'));
    await lockedToken();
    hub = await hub.reopened();
    expect(textOf(await lockNextCommand(hub, d1))).toBe('one');
  });

  it('goes with its device', async () => {
    await sendCommand(hub, d1, command('one'));
    await deleteDevice(hub, d1);
    await createDevice(hub, d1);
    expect(await listCommands(hub, d1)).toEqual([]);
  });
});

describe("a module's input", () => {
  const m1 = { deviceId: 'd1', moduleId: 'm1' };
  const toInput = (text: string, inputName = 'in1') => {
    const plain = command(text);
    return { ...plain, system: { ...plain.system, inputName } };
  };
  beforeEach(() => createDevice(hub, m1));

  it('is handed to who listens to inputs, past the other commands, and the other way round', async () => {
    await sendCommand(hub, m1, command('bound "inputName": not'));
    await sendCommand(hub, m1, toInput('input'));
    const input = await lockNextCommand(hub, m1, 'inputs');
    expect([textOf(input), input?.system.inputName]).toEqual(['input', 'in1']);
    expect(await lockNextCommand(hub, m1, 'inputs')).toBeUndefined();
    await unlockCommands(hub, m1, [input?.lockToken ?? '']);
    expect(textOf(await lockNextCommand(hub, m1, 'devicebound'))).toBe('bound "inputName": not');
    expect(await lockNextCommand(hub, m1, 'devicebound')).toBeUndefined();
    expect(textOf(await lockNextCommand(hub, m1))).toBe('input');
  });

  it('has a plain name, and devices have none', async () => {
    for (const name of ['', 'a/b', 'a b', '#', 'x'.repeat(129)])
      await expect(sendCommand(hub, m1, toInput('x', name))).rejects.toMatchObject({ code: 'argument.invalid' });
    await expect(sendCommand(hub, d1, toInput('x'))).rejects.toMatchObject({ code: 'argument.invalid' });
  });
});

describe('feedback', () => {
  it('is written for the outcomes the sender asked for', async () => {
    for (const ack of ['none', 'positive', 'negative', 'full'] as const) {
      await sendCommand(hub, d1, command(`complete-${ack}`, ack));
      await completeCommand(hub, d1, await lockedToken());
      await sendCommand(hub, d1, command(`reject-${ack}`, ack));
      await rejectCommand(hub, d1, await lockedToken());
    }
    expect(await outcomes()).toEqual([
      'complete-positive Success',
      'reject-negative Rejected',
      'complete-full Success',
      'reject-full Rejected',
    ]);
  });

  it('tells of commands that expired and of a purge', async () => {
    const sweeper = new CommandSweeper(hub);
    await sendCommand(hub, d1, { ...command('short', 'full'), expiryTime: hub.clock.now() + 1_000 });
    await sendCommand(hub, d1, command('long', 'full'));
    hub.clock.advance(1);
    await sweeper.sweep();
    expect(await outcomes()).toEqual(['short Expired']);
    expect(await purgeCommands(hub, d1)).toBe(1);
    expect(await outcomes()).toEqual(['long Purged']);
    await sweeper.close();
  });

  it('wakes a receiver, waits for it over a restart, and comes back when abandoned', async () => {
    let rings = 0;
    const stop = onFeedback(hub, () => rings++);
    const { generationId } = (await hub.registry.find(d1)) ?? {};
    await sendCommand(hub, d1, command('one', 'full'));
    await completeCommand(hub, d1, await lockedToken());
    expect(rings).toBe(1);
    stop();
    hub = await hub.reopened();
    const batch = await lockFeedbackBatch(hub);
    expect(batch?.records).toEqual([
      {
        originalMessageId: 'one',
        description: 'Success',
        statusCode: 'Success',
        deviceGenerationId: generationId,
        deviceId: 'd1',
        enqueuedTimeUtc: '2030-01-01T00:00:00.000Z',
      },
    ]);
    expect(await lockFeedbackBatch(hub)).toBeUndefined();
    await abandonFeedback(hub, batch?.lockToken ?? '');
    const again = await lockFeedbackBatch(hub);
    expect(again?.deliveryCount).toBe(1);
    await completeFeedback(hub, again?.lockToken ?? '');
    await expect(completeFeedback(hub, again?.lockToken ?? '')).rejects.toMatchObject({ code: 'command.lockLost' });
    expect(await lockFeedbackBatch(hub)).toBeUndefined();
  });
});

function command(text: string, ack: CommandMessage['ack'] = 'none'): CommandMessage {
  return { body: Buffer.from(text), system: { messageId: text.slice(0, 40) }, application: { k: 'v' }, ack };
}

function textOf(message: CommandMessage | undefined): string | undefined {
  return message && Buffer.from(message.body).toString();
}

async function lockedToken(): Promise<string> {
  return (await lockNextCommand(hub, d1))?.lockToken ?? '';
}

/** Reads all feedback there is, and settles it. */
async function outcomes(): Promise<string[]> {
  const batch = await lockFeedbackBatch(hub);
  if (batch === undefined) return [];
  await completeFeedback(hub, batch.lockToken);
  return batch.records.map((record) => `${record.originalMessageId} ${record.statusCode}`);
}
