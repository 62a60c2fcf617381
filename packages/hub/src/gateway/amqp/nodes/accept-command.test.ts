import rhea, { type Message } from 'rhea';
import { describe, expect, it } from 'vitest';
import { parseAmqpCommand } from './accept-command.ts';

const parse = (message: Partial<Message>) =>
  parseAmqpCommand(rhea.message.encode({ body: rhea.message.data_section(Buffer.from('open')), ...message }));

describe('parseAmqpCommand', () => {
  it('knows whom it is for, in every form that clients write', () => {
    for (const to of ['/devices/a%2Bb/messages/devicebound', 'amqps://h/devices/a%2Bb/messages/deviceBound']) {
      expect(parse({ to }).identity).toEqual({ deviceId: 'a+b' });
    }
    expect(parse({ to: '/devices/d/modules/m/messages/devicebound' }).identity).toEqual({
      deviceId: 'd',
      moduleId: 'm',
    });
    const input = parse({ to: '/devices/d/modules/m/inputs/in.1' });
    expect(input.identity).toEqual({ deviceId: 'd', moduleId: 'm' });
    expect(input.command.system.inputName).toBe('in.1');
  });

  it('makes text of every property and leaves the acknowledgement out', () => {
    const { command } = parse({
      to: '/devices/d/messages/devicebound',
      message_id: 'm1',
      content_type: 'text/plain',
      application_properties: { 'iothub-ack': 'Negative', level: 7, on: true, nothing: null },
    });
    expect(command).toMatchObject({
      ack: 'negative',
      system: { messageId: 'm1', contentType: 'text/plain', to: '/devices/d/messages/devicebound' },
      application: { level: '7', on: 'true', nothing: '' },
    });
    expect(Buffer.from(command.body).toString()).toBe('open');
  });

  it.each([
    ['argument.invalid', { to: '/devices/d/messages/events' }],
    ['argument.invalid', {}],
    ['device.idInvalid', { to: '/devices/a%20b/messages/devicebound' }],
    [
      'argument.invalid',
      { to: '/devices/d/messages/devicebound', application_properties: { 'iothub-ack': 'perhaps' } },
    ],
    ['argument.invalid', { to: '/devices/d/messages/devicebound', body: { a: 'map' } }],
  ])('refuses with %s', (code, message) => {
    expect(() => parse(message)).toThrow(expect.objectContaining({ code }));
  });
});
