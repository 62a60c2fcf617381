import { SECRET_KEPT } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { endpointConfiguration, endpointDraft, fieldsShown, missingField } from './endpoint-draft.ts';
import { ENDPOINT_KINDS } from './endpoint-fields.ts';

const fieldsOf = (kind: string) => ENDPOINT_KINDS[kind]?.fields ?? [];

describe('the form of an endpoint', () => {
  it('gives back what it was given, secrets as the sign that they are kept', () => {
    const configuration = {
      brokers: ['a:9092', 'b:9092'],
      topic: 't',
      tls: true,
      sasl: { mechanism: 'PLAIN', userName: 'u', password: SECRET_KEPT },
      compression: 'gzip',
    };
    const fields = fieldsOf('kafka');
    expect(endpointConfiguration(fields, endpointDraft(fields, configuration))).toEqual(configuration);
  });

  it('sends nothing of fields that the choice hides', () => {
    const fields = fieldsOf('nats');
    const draft = { ...endpointDraft(fields, {}), servers: 'nats://a:1', subject: 's', 'credentials.kind': 'token' };
    const typed = { ...draft, 'credentials.token': 'x', 'credentials.password': 'left over' };
    expect(endpointConfiguration(fields, typed)).toEqual({
      servers: ['nats://a:1'],
      subject: 's',
      jetStream: true,
      credentials: { kind: 'token', token: 'x' },
    });
  });

  it('hides what depends on a hidden choice', () => {
    const fields = fieldsOf('amqp');
    const draft = { ...endpointDraft(fields, {}), form: 'namespace' };
    expect(fieldsShown(fields, draft).map(({ path }) => path)).toEqual(['form', 'connectionString', 'ca']);
  });

  it('sends a number where all choices are numbers', () => {
    const fields = fieldsOf('mqtt');
    const draft = { ...endpointDraft(fields, {}), url: 'mqtt://b', topic: 't' };
    expect(endpointConfiguration(fields, draft)).toMatchObject({ qos: 1, retain: false });
  });

  it('asks where files go, and then only for what is needed there', () => {
    const fields = fieldsOf('storage');
    const draft = endpointDraft(fields, {});
    expect(endpointConfiguration(fields, draft)).toMatchObject({ destination: 'container', folder: 'messages' });
    expect(missingField(fields, draft)).toBeUndefined();
    const s3 = { ...draft, destination: 's3', endpoint: 'https://s3.example', bucket: 'plant', accessKeyId: 'k' };
    expect(missingField(fields, s3)?.path).toBe('secretAccessKey');
    expect(endpointConfiguration(fields, { ...s3, secretAccessKey: SECRET_KEPT })).toEqual({
      ...{ destination: 's3', endpoint: 'https://s3.example', allowHttp: false, region: 'us-east-1', bucket: 'plant' },
      ...{ accessKeyId: 'k', secretAccessKey: SECRET_KEPT, forcePathStyle: true },
      ...{ encoding: 'avro', batchFrequencyInSeconds: 300, maxChunkSizeInBytes: 104_857_600 },
    });
  });

  it('names the first field that is needed and empty', () => {
    const fields = fieldsOf('webhook');
    expect(missingField(fields, endpointDraft(fields, {}))?.path).toBe('url');
    expect(missingField(fields, { ...endpointDraft(fields, {}), url: 'https://x' })).toBeUndefined();
  });
});
