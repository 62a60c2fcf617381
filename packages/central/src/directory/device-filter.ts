/**
 * Which devices: what the filter of a group (`SELECT * FROM devices WHERE …`), the `filter` of a REST list (OData) and the filters of
 * the console come down to. Parsed by `language/`, turned into SQL by the directory. A field that a device does not have matches nothing,
 * except with `isNull`.
 */
export type DeviceFilter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly DeviceFilter[] }
  | { readonly kind: 'not'; readonly term: DeviceFilter }
  | {
      readonly kind: 'compare';
      readonly field: DeviceField;
      readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
      readonly value: FilterValue;
    }
  | { readonly kind: 'in'; readonly field: DeviceField; readonly values: readonly FilterValue[] }
  /** Without regard to case. */
  | { readonly kind: 'contains' | 'startsWith'; readonly field: DeviceField; readonly text: string }
  | { readonly kind: 'isNull'; readonly field: DeviceField };

export type FilterValue = string | number | boolean;

export type DeviceField =
  | { readonly kind: 'meta'; readonly name: DeviceMeta }
  /** Reported, desired or cloud: a name is of one of them, and reported wins where a writable property has both. */
  | { readonly kind: 'property'; readonly component: string | null; readonly path: readonly string[] };

/** What the platform knows of each device, as filters name it behind `$`. */
export type DeviceMeta =
  | 'id'
  | 'displayName'
  | 'template'
  | 'enabled'
  | 'provisioned'
  | 'approved'
  | 'simulated'
  | 'connected'
  | 'organization'
  | 'type'
  | 'etag'
  | 'createdTime'
  | 'lastSeenTime';
