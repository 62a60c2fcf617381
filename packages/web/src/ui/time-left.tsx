import { formatDuration, formatMoment } from './format.ts';
import { useNow } from './use-now.ts';

/** When something ends, or that it has. `at`: ms since 1970. */
export function TimeLeft({ at }: { readonly at: number }) {
  const left = at - useNow();
  const moment = formatMoment(new Date(at).toISOString());
  return left <= 0 ? (
    <span className="danger" title={moment}>
      has ended
    </span>
  ) : (
    <span title={moment}>in {formatDuration(Math.floor(left / 1_000))}</span>
  );
}
