interface LineMarkProps {
  readonly colour: string;
  /** Lengths of strokes and gaps; empty for a line without. */
  readonly dash: readonly number[];
}

/** How a line looks, in a legend. */
export function LineMark({ colour, dash }: LineMarkProps) {
  return (
    <svg width="18" height="8" aria-hidden="true" focusable="false">
      <line x1="0" y1="4" x2="18" y2="4" stroke={colour} strokeWidth="2.5" strokeDasharray={dash.join(' ')} />
    </svg>
  );
}
