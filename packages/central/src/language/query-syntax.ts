/**
 * What a text of the query language says, before anybody asks what its names mean. One tree for every dialect; which parts a dialect has is
 * its parser's business. Source of the grammar: docs/protocol/central-query.md
 */
export interface CentralQuery {
  readonly top: number | null;
  readonly items: readonly SelectItem[];
  readonly source: QuerySource;
  readonly where: Condition | null;
  /** Empty: one row a message, or one for everything where an item is an aggregate. */
  readonly groupBy: readonly GroupKey[];
  readonly orderBy: readonly OrderKey[];
}

/** Where something stands in the text. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export type QuerySource =
  | { readonly kind: 'devices' }
  | { readonly kind: 'template'; readonly templateId: string; readonly at: Span };

export interface SelectItem {
  readonly value: Field | AggregateCall;
  /** The column: the alias, or what it is called without one. */
  readonly name: string;
  readonly hasAlias: boolean;
}

/** `$id`, or a telemetry or property: which of the two, and whether the first name is a component, only a model or the store knows. */
export type Field = MetaField | PathField;

export interface MetaField {
  readonly kind: 'meta';
  readonly name: MetaName;
  readonly at: Span;
}

export interface PathField {
  readonly kind: 'path';
  readonly path: readonly string[];
  readonly at: Span;
}

export const META_NAMES = [
  'id',
  'ts',
  'displayName',
  'template',
  'group',
  'enabled',
  'provisioned',
  'approved',
  'simulated',
  'connected',
  'organization',
  'type',
  'etag',
  'createdTime',
  'lastSeenTime',
] as const;
export type MetaName = (typeof META_NAMES)[number];

export const AGGREGATE_NAMES = ['SUM', 'MAX', 'MIN', 'COUNT', 'AVG', 'FIRST', 'LAST', 'PERCENTILE'] as const;
export type AggregateName = (typeof AGGREGATE_NAMES)[number];

export interface AggregateCall {
  readonly kind: 'aggregate';
  readonly name: AggregateName;
  readonly field: PathField;
  /** Of PERCENTILE: 0 to 100. */
  readonly percent?: number;
  readonly at: Span;
}

export type Literal = string | number | boolean;
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly term: Condition }
  | {
      readonly kind: 'compare';
      readonly field: Field;
      readonly operator: Operator;
      readonly value: Literal;
      readonly valueAt: Span;
    }
  | { readonly kind: 'in'; readonly field: Field; readonly values: readonly Literal[]; readonly valueAt: Span }
  /** `%` is any text, `_` any character; without regard to case. */
  | { readonly kind: 'like'; readonly field: Field; readonly pattern: string; readonly valueAt: Span }
  | { readonly kind: 'contains' | 'startsWith'; readonly field: Field; readonly text: string }
  | { readonly kind: 'isNull'; readonly field: Field }
  | { readonly kind: 'window'; readonly window: TimeWindow; readonly at: Span };

/** A duration ends now. Instants as they are written, ISO 8601. */
export type TimeWindow =
  | { readonly kind: 'last'; readonly duration: string }
  | { readonly kind: 'between'; readonly from: string; readonly to: string };

export type GroupKey = { readonly kind: 'window'; readonly duration: string; readonly at: Span } | Field;

export interface OrderKey {
  /** A name may be that of a column. */
  readonly by: Field | AggregateCall;
  readonly descending: boolean;
}
