import type { LiveTelemetry } from '@viaduct/contracts';
import { decodeRecord } from '@viaduct/hub';
import type { LogRecord } from '@viaduct/log';
import { decodeBody } from './decode-body.ts';

/** A telemetry record of the log, as the browser gets it. */
export function liveTelemetry(partition: number, record: LogRecord): LiveTelemetry {
  const { deviceId, moduleId, properties, body } = decodeRecord(record.data);
  const { system, application } = properties;
  return {
    deviceId,
    moduleId: moduleId ?? null,
    partition,
    offset: record.offset,
    enqueuedTime: new Date(record.enqueuedTime).toISOString(),
    bodyBytes: body.length,
    body: decodeBody(body, system.contentEncoding),
    contentType: system.contentType ?? null,
    component: system.component ?? null,
    systemProperties: system,
    properties: application,
  };
}
