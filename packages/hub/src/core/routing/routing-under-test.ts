import { setTimeout as delay } from 'node:timers/promises';
import { partitionFor, type Route, type RoutingInput } from '@viaduct/contracts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { AuthMethod, encodeRecord, Source } from '../record/record.ts';
import { type EndpointAdapter, EndpointAdapters, type EndpointConnection, type RoutedMessage } from './endpoint.ts';

interface RecordingConfiguration {
  readonly kind: 'recording';
  readonly to: string;
  readonly password: string;
}

/** Endpoints that remember what they were given, by the `to` of their configuration; and fail when they are told to. */
class RecordingEndpoints implements EndpointAdapter<RecordingConfiguration> {
  readonly kind = 'recording';
  readonly secretFields = ['password'];
  readonly taken = new Map<string, RoutedMessage[]>();
  opened = 0;
  /** Called before a batch is taken; throws to refuse it. */
  onDeliver: (to: string, messages: readonly RoutedMessage[]) => void | Promise<void> = () => undefined;

  read(json: { readonly [name: string]: unknown }): RecordingConfiguration {
    return { kind: 'recording', to: String(json.to), password: String(json.password ?? 'none') };
  }

  address({ to }: RecordingConfiguration): string {
    return `recording:${to}`;
  }

  async open({ to }: RecordingConfiguration): Promise<EndpointConnection> {
    this.opened++;
    return {
      deliver: async (messages) => {
        await this.onDeliver(to, messages);
        this.taken.set(to, [...(this.taken.get(to) ?? []), ...messages]);
      },
      close: async () => undefined,
    };
  }

  bodies(to: string): string[] {
    return (this.taken.get(to) ?? []).map(({ body }) => body.toString());
  }
}

export interface RoutingUnderTest {
  hub: TemporaryHub;
  readonly endpoints: RecordingEndpoints;
  say(deviceId: string, body: string, bag?: string): Promise<{ partition: number; offset: number }>;
  save(routing: Partial<RoutingInput>): Promise<void>;
}

export async function routingUnderTest(): Promise<RoutingUnderTest> {
  const endpoints = new RecordingEndpoints();
  const adapters = new EndpointAdapters([endpoints]);
  const test: RoutingUnderTest = {
    hub: await temporaryHub(adapters),
    endpoints,
    say: (deviceId, body, bag = '') =>
      test.hub.log.append(partitionFor(deviceId, test.hub.eventPartitions), telemetry(deviceId, body, bag)),
    save: async (routing) => {
      await test.hub.routing.change(undefined, (before) => ({ ...before, ...routing }));
    },
  };
  return test;
}

function telemetry(deviceId: string, body: string, bag = ''): Buffer {
  return encodeRecord(speaker(deviceId), Source.telemetry, 0, bag, Buffer.from(body));
}

function speaker(deviceId: string) {
  return { deviceId, generationId: '1', authMethod: AuthMethod.deviceKey, modelId: null };
}

export function recording(name: string) {
  return { name, kind: 'recording', configuration: { to: name }, isPaused: false };
}

export function route(
  name: string,
  endpointNames: readonly string[],
  condition = 'true',
  source: Route['source'] = 'DeviceMessages',
): Route {
  return { name, source, condition, endpointNames, isEnabled: true };
}

/** What is delivered is delivered by workers in their own time. */
export async function eventually(check: () => void | Promise<void>, ms = 5_000): Promise<void> {
  const end = performance.now() + ms;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await delay(5);
    }
  }
}
