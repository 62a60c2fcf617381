import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HubError } from './errors.ts';
import { certificateWordOf, findSubscription, parsePublishTopic, topicTo } from './topic.ts';

const device = { deviceId: 'd1' };
const module = { deviceId: 'd1', moduleId: 'm1' };

describe('parsePublishTopic', () => {
  it('reads telemetry with and without a bag, with and without a slash', () => {
    for (const [topic, bag] of [
      ['devices/d1/messages/events', ''],
      ['devices/d1/messages/events/', ''],
      ['devices/d1/messages/events/a=b', 'a=b'],
      ['devices/d1/messages/events/a=b/', 'a=b/'],
    ] as const) {
      expect(parsePublishTopic(device, topic)).toEqual({ kind: 'telemetry', bag });
    }
    expect(parsePublishTopic(module, 'devices/d1/modules/m1/messages/events/%24.on=o')).toMatchObject({
      bag: '%24.on=o',
    });
  });

  it('reads twin requests and method answers', () => {
    expect(parsePublishTopic(device, '$iothub/twin/GET/?$rid=a-1')).toEqual({ kind: 'twinGet', requestId: 'a-1' });
    expect(parsePublishTopic(device, '$iothub/twin/PATCH/properties/reported/?$rid=7&$version=4')).toEqual({
      kind: 'reportedPatch',
      requestId: '7',
      version: 4,
    });
    expect(parsePublishTopic(device, '$iothub/twin/PATCH/properties/reported/')).toEqual({
      kind: 'reportedPatch',
      requestId: null,
      version: null,
    });
    expect(parsePublishTopic(device, '$iothub/methods/res/-3/?$rid=%31')).toEqual({
      kind: 'methodResponse',
      status: -3,
      requestId: '1',
    });
  });

  it('reads a request for a certificate, whichever way the word is written', () => {
    for (const word of ['credentials', 'credential']) {
      expect(parsePublishTopic(device, `$iothub/${word}/POST/issueCertificate/?$rid=ab-12`)).toEqual({
        kind: 'certificateRequest',
        requestId: 'ab-12',
      });
    }
    for (const topic of ['$iothub/credentials/POST/issueCertificate/', '$iothub/credentials/GET/x/?$rid=abcd']) {
      expect(() => parsePublishTopic(device, topic)).toThrow(expect.objectContaining({ code: 'topic.malformed' }));
    }
  });

  it('refuses to publish for somebody else', () => {
    for (const topic of [
      'devices/d2/messages/events/',
      'devices/d1/modules/m1/messages/events/',
      'devices/D1/messages/events/',
    ]) {
      expect(() => parsePublishTopic(device, topic)).toThrow(expect.objectContaining({ code: 'topic.forbidden' }));
    }
  });

  it('gives a meaning or a refusal for any text', () => {
    const part = fc.constantFrom(
      'devices/',
      'd1',
      '/messages/events/',
      '$iothub/',
      'twin/',
      'GET/',
      '?$rid=',
      'methods/res/',
      'credentials/POST/issueCertificate/',
      '200',
      '/',
      'x',
      '%',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part, { maxLength: 12 }).map((p) => p.join('')),
        ),
        (topic) => {
          try {
            expect(parsePublishTopic(device, topic).kind).toBeTypeOf('string');
          } catch (error) {
            expect(error).toBeInstanceOf(HubError);
          }
        },
      ),
    );
  });
});

describe('findSubscription', () => {
  it("knows the documented filters and nobody else's", () => {
    expect(findSubscription(device, 'devices/d1/messages/devicebound/#')).toBe('commands');
    expect(findSubscription(device, '$iothub/methods/POST/#')).toBe('methods');
    expect(findSubscription(device, '$iothub/twin/res/#')).toBe('twinResponses');
    expect(findSubscription(device, '$iothub/twin/PATCH/properties/desired/#')).toBe('desiredPatches');
    for (const word of ['credentials', 'credential']) {
      expect(findSubscription(device, `$iothub/${word}/res/#`)).toBe('certificates');
      expect(findSubscription(device, `$iothub/${word}/#`)).toBe('certificates');
      expect(findSubscription(module, `$iothub/${word}/res/#`)).toBeUndefined();
      expect(certificateWordOf(`$iothub/${word}/res/#`)).toBe(word);
    }
    expect(findSubscription(module, 'devices/d1/modules/m1/inputs/#')).toBe('moduleInputs');
    expect(findSubscription(module, 'devices/d1/modules/m1/#')).toBe('moduleMessages');
    expect(findSubscription(module, 'devices/d1/modules/m2/inputs/#')).toBeUndefined();
    for (const filter of [
      '#',
      'devices/#',
      'devices/d2/messages/devicebound/#',
      'devices/+/messages/devicebound/#',
      '$iothub/#',
      '',
    ]) {
      expect(findSubscription(device, filter), filter).toBeUndefined();
    }
  });
});

describe('topicTo', () => {
  it('puts nothing behind a method request id, and the request id before the version', () => {
    expect(topicTo.method('re boot', '1f')).toBe('$iothub/methods/POST/re%20boot/?$rid=1f');
    expect(topicTo.twinResponse(204, 'b', 2)).toBe('$iothub/twin/res/204/?$rid=b&$version=2');
  });
});
