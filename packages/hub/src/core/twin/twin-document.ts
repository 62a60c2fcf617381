import type { JsonObject, TwinRecord } from '../ports.ts';

/** What a device gets when it asks for its twin: no metadata, no tags, versions inside the sections. */
export function deviceTwinDocument(twin: TwinRecord): JsonObject {
  const { desired, reported } = twin;
  return {
    desired: { ...desired.values, $version: desired.version },
    reported: { ...reported.values, $version: reported.version },
  };
}
