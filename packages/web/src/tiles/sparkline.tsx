import classes from './tiles.module.css';

/** A line without axes: only whether it rises or falls. */
export function Sparkline({ values }: { readonly values: readonly (number | null)[] }) {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  if (known.length < 2) return null;
  const low = known.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = known.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const points = known.map(({ value, index }) => {
    const x = (index / (values.length - 1)) * 100;
    return `${x.toFixed(1)},${(22 - ((value - low) / (high - low || 1)) * 20).toFixed(1)}`;
  });
  return (
    <svg className={classes.sparkline} viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
