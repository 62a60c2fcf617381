/**
 * What people changed of a page that was made by itself: a layer over the generated view of a device. The view is made anew from the model
 * and from what the device says, each time; of it nothing is stored but this layer, so nothing that changes there destroys what was done here.
 *
 *     GET    /views/{scope}/{id}                 → ViewEdits                  `{ "fields": {} }` when nothing was changed
 *     PATCH  /views/{scope}/{id} ViewEditsPatch  → ViewEdits                  merge patch; null removes
 *     DELETE /views/{scope}/{id}                 → 204                        as it was made
 *
 * Each attribute of each field is a value of its own and the last writer of it wins: two people who change different things never overwrite
 * each other, and nobody has to be refused. Order is a number of the field that was moved, between those of its new neighbours.
 */
export const VIEW_SCOPES = ['template', 'device'] as const;
/** Whose page: of all devices of a template, or of one device, whose layer lies above that of its template. */
export type ViewScope = (typeof VIEW_SCOPES)[number];

export const CHART_SHAPES = ['line', 'area', 'steps', 'value'] as const;
/** How numbers are drawn; `value` is the last one alone, large. */
export type ChartShape = (typeof CHART_SHAPES)[number];

export interface FieldEdit {
  readonly isHidden?: boolean;
  /** Stands before all sections. */
  readonly isPinned?: boolean;
  readonly title?: string;
  /** `#rrggbb`. */
  readonly color?: string;
  readonly chart?: ChartShape;
  /** Ends of the axis. */
  readonly min?: number;
  readonly max?: number;
  /** Place within the section. Fields that were never moved have 0, 1, 2, … as they were generated. */
  readonly position?: number;
}

export interface ViewEdits {
  /** By key: `component/name`, and `/name` for the root. */
  readonly fields: Readonly<Record<string, FieldEdit>>;
}

export interface ViewEditsPatch {
  readonly fields: Readonly<Record<string, { readonly [K in keyof FieldEdit]?: FieldEdit[K] | null } | null>>;
}
