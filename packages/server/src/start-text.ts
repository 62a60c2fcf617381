import type { ReadyFile } from '@viaduct/contracts';
import { HOW_TO_ALLOW } from './bind-port.ts';
import type { Listeners } from './listeners.ts';

export interface StartFacts {
  readonly ready: ReadyFile;
  readonly dataDirectory: string;
  readonly ports: Listeners['ports'];
  /** Undefined when its port was busy. */
  readonly metricsUrl: string | undefined;
  /** The id under which this machine is a device. */
  readonly thisMachine: string | undefined;
  readonly startedInMs: number;
  /** What is switched on that one would not want by accident. */
  readonly warnings: readonly string[];
}

/** What the person who started the server reads: where things are, and the one thing to do next. */
export function startText(facts: StartFacts): string {
  const { ready } = facts;
  const lines = [
    '',
    `  Viaduct ${ready.version} is ready (${(facts.startedInMs / 1_000).toFixed(1)} s)`,
    '',
    `  Console          ${ready.consoleUrl}`,
    ...(ready.adminLink === null
      ? []
      : [`  Make yourself administrator (this link works once, for a day):`, `  ${ready.adminLink}`, '']),
    `  Devices          ${ready.hostName}   MQTT ${ready.ports.mqtt}, AMQP ${ready.ports.amqp}, HTTPS and WebSocket ${ready.ports.https}`,
    ...(ready.ports.amqpPlain === undefined
      ? []
      : [`  AMQP, no TLS     port ${ready.ports.amqpPlain}, for UseDevelopmentEmulator=true`]),
    `  Provisioning     id scope ${ready.provisioning.idScope}, endpoint ${ready.provisioning.deviceEndpoint}`,
    ...(facts.thisMachine === undefined
      ? []
      : [`  First device     ${facts.thisMachine}, this machine, reporting every second`]),
    `  Metrics, health  ${facts.metricsUrl ?? 'off: its port is in use by another program'}`,
    `  Data             ${facts.dataDirectory}`,
    '',
    ...trustLines(ready.caFile),
    ...facts.warnings.flatMap((warning) => ['', ...wrap(warning)]),
    ...portNotes(facts.ports).flatMap((note) => ['', ...wrap(note)]),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function trustLines(caFile: string): string[] {
  return [
    `  Clients must trust ${caFile}:`,
    `    Node      export NODE_EXTRA_CA_CERTS=${caFile}      or client.setOptions({ ca })`,
    `    Python    export SSL_CERT_FILE=${caFile}            or server_verification_cert=…`,
    '    C         IoTHubDeviceClient_SetOption(client, OPTION_TRUSTED_CERT, pem)',
    '    Browser   import it once, or accept the warning for this address',
  ];
}

/** What a port that is not the usual one means, in words; empty when all is standard. */
export function portNotes(ports: Listeners['ports']): string[] {
  const notes: string[] = [];
  const why = { notPermitted: 'may not be bound by this user', busy: 'is in use by another program' } as const;
  const { https, mqtt, amqp } = ports;
  if (https.fellBackBecause !== undefined) {
    const remedy = https.fellBackBecause === 'notPermitted' ? ` ${HOW_TO_ALLOW}` : ' Stop that program to change this.';
    notes.push(
      `Port 443 ${why[https.fellBackBecause]}, so HTTPS is on ${https.port}. The console, MQTT on ${mqtt.port} and AMQP on ${amqp.port} are not affected. ` +
        `Clients that insist on 443 are: the service SDKs' REST calls (registry, twins, methods), MQTT and AMQP over WebSocket, file upload, az iot.${remedy}`,
    );
  }
  if (mqtt.fellBackBecause !== undefined) {
    notes.push(
      `Port 8883 ${why[mqtt.fellBackBecause]}, so MQTT is on ${mqtt.port}. The C, Python, C# and Java device SDKs insist on 8883; the Node SDK takes HostName=host:${mqtt.port}.`,
    );
  }
  if (amqp.fellBackBecause !== undefined) {
    notes.push(
      `Port 5671 ${why[amqp.fellBackBecause]}, so AMQP is on ${amqp.port}. Service SDKs that send commands insist on 5671; Event Hubs clients take Endpoint=sb://host:${amqp.port}/.`,
    );
  }
  return notes;
}

function wrap(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > 110) lines.push('');
    lines[lines.length - 1] = `${lines.at(-1)} ${word}`;
  }
  return lines.map((line) => ` ${line}`);
}
