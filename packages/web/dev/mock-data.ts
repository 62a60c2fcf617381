import type { ConnectionInfo, DeviceDetail, JsonObject, ModelSummary, TwinView } from '@viaduct/contracts';

/** What the mock pretends: one modelled machine, one unmodelled sensor, one that was refused, and a few idle ones. */
const field = (name: string, displayName: string, unit: string | null, kind: 'number' | 'integer' = 'number') => ({
  name,
  displayName,
  description: null,
  component: null,
  semanticType: null,
  unit,
  schema: { kind } as const,
});

export const MACHINE_MODEL: ModelSummary = {
  modelId: 'dtmi:viaduct:agent:Machine;1',
  displayName: 'Machine',
  description: 'What a computer says of itself',
  telemetry: [
    {
      ...field('cpuLoad', 'CPU load', '%'),
      schema: { kind: 'object', fields: [0, 1, 2, 3].map((n) => field(`core${n}`, `Core ${n}`, '%')) },
    },
    {
      ...field('memory', 'Memory', null),
      schema: { kind: 'object', fields: [field('used', 'Used', 'GiB'), field('usedPercent', 'Used share', '%')] },
    },
    {
      ...field('network', 'Network', 'MB/s'),
      schema: { kind: 'object', fields: [field('received', 'Received', 'MB/s'), field('sent', 'Sent', 'MB/s')] },
    },
    field('temperature', 'Temperature', '°C'),
    field('processes', 'Processes', null, 'integer'),
  ],
  properties: [
    {
      ...field('telemetryIntervalSeconds', 'Telemetry interval', 's', 'integer'),
      description: 'How often telemetry is sent, 1 to 3600',
      writable: true,
    },
    { ...field('ledOn', 'Status light', null), schema: { kind: 'boolean' }, writable: true },
    {
      ...field('mode', 'Mode', null),
      schema: {
        kind: 'enum',
        values: [
          { name: 'normal', value: 'normal', displayName: 'Normal' },
          { name: 'quiet', value: 'quiet', displayName: 'Quiet' },
        ],
      },
      writable: true,
    },
    { ...field('hostName', 'Host name', null), schema: { kind: 'string' }, writable: false },
    { ...field('totalMemory', 'Total memory', 'GiB'), writable: false },
  ],
  commands: [
    {
      name: 'blink',
      displayName: 'Blink',
      description: 'Blinks the status light',
      component: null,
      request: {
        ...field('request', 'Blink', null),
        schema: { kind: 'object', fields: [field('times', 'Times', null, 'integer'), field('pause', 'Pause', 's')] },
      },
      response: null,
    },
    {
      name: 'setInterval',
      displayName: 'Set interval',
      description: 'Changes the telemetry interval',
      component: null,
      request: field('seconds', 'Seconds', 's', 'integer'),
      response: null,
    },
    { name: 'diagnose', displayName: 'Diagnose', description: null, component: null, request: null, response: null },
  ],
};

const NOW = new Date().toISOString();

export function newDevice(deviceId: string, more: Partial<DeviceDetail> = {}): DeviceDetail {
  const key = Buffer.from(`key of ${deviceId}`.padEnd(32, '.')).toString('base64');
  return {
    deviceId,
    status: 'enabled',
    connected: false,
    lastSeen: null,
    modelId: null,
    modelName: null,
    createdAt: NOW,
    authentication: 'sas',
    primaryConnectionString: `HostName=127.0.0.1;DeviceId=${deviceId};SharedAccessKey=${key}`,
    secondaryConnectionString: `HostName=127.0.0.1;DeviceId=${deviceId};SharedAccessKey=${key}`,
    connectedSince: null,
    transport: null,
    statusReason: null,
    queuedCommands: 0,
    model: null,
    ...more,
  };
}

export function seedDevices(): Map<string, DeviceDetail> {
  const here = { connected: true, lastSeen: NOW, connectedSince: NOW, transport: 'mqtt' };
  const machine = newDevice('this-machine', {
    ...here,
    modelId: MACHINE_MODEL.modelId,
    modelName: MACHINE_MODEL.displayName,
    model: MACHINE_MODEL,
  });
  const devices = [
    machine,
    newDevice('greenhouse-3', here),
    newDevice('quiet-sluice-77'),
    newDevice('pump-disabled', { status: 'disabled' }),
  ];
  for (let n = 1; n <= 120; n += 1) {
    const lastSeen = n % 3 === 0 ? new Date(Date.now() - n * 97_000).toISOString() : null;
    devices.push(newDevice(`meter-${String(n).padStart(3, '0')}`, { lastSeen }));
  }
  return new Map(devices.map((device) => [device.deviceId, device]));
}

export function seedTwin(deviceId: string): TwinView {
  const at = (secondsAgo: number) => ({ $lastUpdated: new Date(Date.now() - secondsAgo * 1_000).toISOString() });
  if (deviceId !== 'this-machine') {
    return { version: 1, desired: section(1, {}, {}), reported: section(1, {}, {}), tags: {} };
  }
  return {
    version: 9,
    desired: section(
      4,
      { telemetryIntervalSeconds: 1, ledOn: true, mode: 'quiet', alarmLimits: { high: 80, low: 5 } },
      { telemetryIntervalSeconds: at(900), ledOn: at(20), mode: at(300), alarmLimits: at(4_000) },
    ),
    reported: section(
      12,
      {
        telemetryIntervalSeconds: { value: 1, ac: 200, av: 4, ad: '' },
        mode: { value: 'normal', ac: 400, av: 4, ad: 'quiet needs a fan controller' },
        hostName: 'workbench',
        totalMemory: 15.6,
        firmware: '1.4.2',
      },
      {
        telemetryIntervalSeconds: at(890),
        mode: at(299),
        hostName: at(7_200),
        totalMemory: at(7_200),
        firmware: at(7_200),
      },
    ),
    tags: { site: 'Dresden', floor: 2 },
  };
}

export function section(version: number, values: JsonObject, metadata: JsonObject): TwinView['desired'] {
  return { version, values, metadata };
}

export const CONNECTION: ConnectionInfo = {
  hostName: '127.0.0.1',
  ports: { mqtt: 8883, amqp: 5671, https: 8443 },
  notes: [
    'Port 443 could not be bound, so HTTPS and WebSockets are on 8443: SDKs that speak HTTP or WebSocket do not find the server. Allow it with: sudo sysctl net.ipv4.ip_unprivileged_port_start=443',
  ],
  caPem: '-----BEGIN CERTIFICATE-----\nMIIBmock\n-----END CERTIFICATE-----\n',
  caSha256: '5B:3C:91:0F:AA:27:44:10:6D:E3:77:90:1B:C2:58:8E:5B:3C:91:0F:AA:27:44:10:6D:E3:77:90:1B:C2:58:8E',
  caFile: '/home/you/viaduct/data/tls/ca.pem',
  hubConnectionString: 'HostName=127.0.0.1;SharedAccessKeyName=iothubowner;SharedAccessKey=bW9jaw==',
  eventHubsConnectionString:
    'Endpoint=sb://127.0.0.1/;SharedAccessKeyName=iothubowner;SharedAccessKey=bW9jaw==;EntityPath=hub',
};

/** Body of the simulated message of second `t`. */
export function bodyOf(deviceId: string, t: number): unknown {
  const wave = (period: number, phase = 0) => Math.sin((t / period + phase) * 2 * Math.PI);
  const noise = (seed: number) => ((Math.sin(t * 12.9898 + seed * 78.233) * 43_758.5453) % 1) * 4;
  const share = (base: number, seed: number) =>
    Math.max(0, Math.min(100, base + 18 * wave(47, seed / 5) + 2 * noise(seed)));
  if (deviceId === 'greenhouse-3') {
    return {
      temperature: round(21 + 3 * wave(120) + noise(1) / 10),
      humidity: round(55 + 8 * wave(90, 0.3)),
      windows: [t % 40 < 20 ? 30 : 80, t % 60 < 25 ? 10 : 60],
      pumpOn: t % 30 < 12,
      state: t % 60 < 40 ? 'growing' : 'watering',
      where: { lat: 51.05, lon: 13.74 },
    };
  }
  return {
    cpuLoad: Object.fromEntries([0, 1, 2, 3].map((core) => [`core${core}`, round(share(22 + core * 9, core))])),
    memory: { used: round(6.2 + wave(200) * 0.4), usedPercent: round(41 + wave(200) * 3) },
    network: { received: round(Math.abs(noise(7)) / 2), sent: round(Math.abs(noise(8)) / 5) },
    temperature: round(48 + 5 * wave(70)),
    processes: 212 + Math.round(4 * wave(33)),
    uptimeSeconds: t % 1_000_000,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
