/**
 * Devices from a CSV file, and to one. An import runs behind the request, and goes on when the server was killed meanwhile; what was refused is
 * told line by line.
 *
 *     POST   /imports?fileName=&templateId=&organization=&approved=   text/csv   → ImportView    202; at most LIMITS.CSV_IMPORT_BYTES_MAX
 *     GET    /imports                     → ImportView[]           newest first; those that run, and the last LIMITS.CSV_IMPORTS_KEPT
 *     GET    /imports/{id}                → ImportView
 *     DELETE /imports/{id}                → 204                    ends it; devices that were made stay
 *     GET    /imports/{id}/errors         → text/csv               `line,IOTC_DEVICEID,code,message`
 *     GET    /exports/devices?search=&filter=&group=&state=&credentials= → text/csv   streamed
 *
 * Columns of an import, by name in the first line: `IOTC_DEVICEID` (needed), `IOTC_DEVICENAME`, `IOTC_SASKEY_PRIMARY` and
 * `IOTC_SASKEY_SECONDARY`, `IOTC_X509THUMBPRINT_PRIMARY` and `IOTC_X509THUMBPRINT_SECONDARY`, `IOTC_ORGANIZATION`, `IOTC_TEMPLATE`; every other
 * name is a cloud property. An export has the same columns, keys and thumbprints only with `credentials=true`.
 */
export interface ImportView {
  readonly importId: string;
  readonly fileName: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** Lines whose outcome is kept, and of how many; the second is null until the file was counted. */
  readonly linesDone: number;
  readonly lines: number | null;
  readonly created: number;
  readonly refused: number;
  /** The first few refusals; all are in the file of errors. */
  readonly refusals: readonly ImportRefusal[];
  /** Why the whole ended: a file that is no CSV, or of too many lines. Of one that runs, what it waits for: a disk with room. */
  readonly problem: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface ImportRefusal {
  /** In the file, from 1. */
  readonly line: number;
  readonly deviceId: string | null;
  readonly code: string;
  readonly message: string;
}
