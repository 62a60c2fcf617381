import type { RouteSource } from '@viaduct/contracts';
import { AuthMethod, Source } from './record.ts';

/** `iothub-message-source`, as readers of the log see it. */
export const MESSAGE_SOURCE: Readonly<Record<Source, string>> = {
  [Source.telemetry]: 'Telemetry',
  [Source.twinChange]: 'twinChangeEvents',
  [Source.lifecycle]: 'deviceLifecycleEvents',
  [Source.connectionState]: 'deviceConnectionStateEvents',
  [Source.digitalTwinChange]: 'digitalTwinChangeEvents',
};

/** The same, as routes name it. */
export const ROUTE_SOURCE: Readonly<Record<Source, RouteSource>> = {
  [Source.telemetry]: 'DeviceMessages',
  [Source.twinChange]: 'TwinChangeEvents',
  [Source.lifecycle]: 'DeviceLifecycleEvents',
  [Source.connectionState]: 'DeviceConnectionStateEvents',
  [Source.digitalTwinChange]: 'DigitalTwinChangeEvents',
};

/** How the speaker proved who it is, in the words Azure uses. */
export const AUTH_METHOD_TEXT: Readonly<Record<AuthMethod, string>> = {
  [AuthMethod.none]: '{"scope":"device","type":"none","issuer":"iothub","acceptingIpFilterRule":null}',
  [AuthMethod.deviceKey]: '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
  [AuthMethod.policyKey]: '{"scope":"hub","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
  [AuthMethod.x509Thumbprint]: '{"scope":"device","type":"x509","issuer":"external","acceptingIpFilterRule":null}',
  [AuthMethod.x509Authority]: '{"scope":"device","type":"x509Ca","issuer":"external","acceptingIpFilterRule":null}',
};
