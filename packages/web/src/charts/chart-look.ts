/** How a live chart is drawn, as the model or people want it; what is absent is chosen by the chart. */
export interface ChartLook {
  readonly shape?: 'line' | 'area' | 'steps' | undefined;
  /** Of the first line. */
  readonly color?: string | undefined;
  /** Ends of the axis. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly decimalPlaces?: number | undefined;
}

export const PLAIN_LOOK: ChartLook = {};
