import type { DeviceIdentity, HubError } from '@viaduct/contracts';
import {
  AuthMethod,
  acceptTelemetry,
  type DeviceSession,
  type Hub,
  type MethodAnswer,
  type MethodCall,
} from '@viaduct/hub';

/** A connected device without a socket: answers methods with what it was asked. */
export class FakeSession implements DeviceSession {
  readonly identity: DeviceIdentity;
  readonly transport = 'mqtt';
  readonly remoteAddress = '127.0.0.1';
  readonly connectedTime: number;
  readonly listensForMethods = true;
  lastActivityTime: number;
  closedWith: HubError | undefined;

  constructor(deviceId: string, now: number, moduleId?: string) {
    this.identity = moduleId === undefined ? { deviceId } : { deviceId, moduleId };
    this.connectedTime = now;
    this.lastActivityTime = now;
  }

  async invokeMethod(call: MethodCall): Promise<MethodAnswer> {
    return {
      status: 200,
      payload: Buffer.from(`{"did":"${call.methodName}","with":${call.payload.toString() || null}}`),
    };
  }

  desiredChanged(): void {}
  commandsWaiting(): void {}

  close(reason: HubError): void {
    this.closedWith = reason;
  }
}

/** One telemetry message of a device, durable when it resolves. */
export async function say(
  hub: Hub,
  deviceId: string,
  body: string | Buffer,
  bag = '',
  generationId = 'g1',
): Promise<void> {
  const speaker = { deviceId, generationId, authMethod: AuthMethod.deviceKey, modelId: null };
  await acceptTelemetry(hub, speaker, { bag, body: Buffer.from(body), flags: 0 });
}
