import type { JsonObject } from '../../../core/ports.ts';
import { serviceTwinDocument } from '../../../core/twin/twin-document.ts';
import { identityOf } from '../identity-columns.ts';
import type { TwinRow } from '../schema.ts';
import { twinOf } from '../twin-table.ts';
import type { ColumnType, KeyValue, RowShape } from './compile-query.ts';

export type Row = Readonly<Record<string, string | number | null>>;

/** A row of a compiled query as an item of the answer. */
export function shapeRow(shape: RowShape, row: Row): JsonObject {
  switch (shape.kind) {
    case 'twins':
      return twinDocument(row as unknown as TwinDocumentRow);
    case 'identities':
      return { ...identityOf({ device_id: String(row.k0), module_id: String(row.k1 ?? '') }) };
    case 'columns':
      return Object.fromEntries(
        shape.columns.flatMap(({ name, type }, i) => {
          const value = row[`c${i}`] ?? null;
          // What is undefined is no member of the row.
          return value === null ? [] : [[name, columnValue(type, value)]];
        }),
      );
    default:
      return shape satisfies never;
  }
}

export function keysOf(row: Row, count: number): KeyValue[] {
  return Array.from({ length: count }, (_, i) => row[`k${i}`] ?? null);
}

function columnValue(type: ColumnType, value: string | number): unknown {
  if (type === 'json') return JSON.parse(String(value));
  return type === 'boolean' ? value === 1 : value;
}

interface TwinDocumentRow extends TwinRow {
  device_etag: string;
  status: 'enabled' | 'disabled';
  status_reason: string | null;
  status_updated_time: number;
  authentication_type: 'sas' | 'selfSigned' | 'certificateAuthority' | 'none';
  primary_thumbprint: string | null;
  secondary_thumbprint: string | null;
  iot_edge: number;
  device_scope: string | null;
  parent_scopes: string;
  model_id: string | null;
  connected: number | null;
  last_activity_time: number | null;
  commands_waiting: number;
  configurations: string;
}

function twinDocument(row: TwinDocumentRow): JsonObject {
  const device = {
    ...identityOf(row),
    etag: row.device_etag,
    status: row.status,
    statusReason: row.status_reason,
    statusUpdatedTime: row.status_updated_time,
    connected: row.connected === 1,
    lastActivityTime: row.last_activity_time ?? 0,
    authentication: {
      type: row.authentication_type,
      x509Thumbprint: { primaryThumbprint: row.primary_thumbprint, secondaryThumbprint: row.secondary_thumbprint },
    },
    modelId: row.model_id,
    capabilities: { iotEdge: row.iot_edge === 1 },
    deviceScope: row.device_scope,
    parentScopes: JSON.parse(row.parent_scopes) as string[],
  };
  return serviceTwinDocument(twinOf(row), device, {
    cloudToDeviceMessageCount: row.commands_waiting,
    configurations: JSON.parse(row.configurations) as JsonObject,
  });
}
