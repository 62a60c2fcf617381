import { formatAge, formatMoment } from './format.ts';
import { useNow } from './use-now.ts';

/** "12 s ago", with the full time on hover; "never" for null. A number is ms since 1970. */
export function Age({ at, never = 'never' }: { readonly at: string | number | null; readonly never?: string }) {
  const nowMs = useNow();
  if (at === null) return <span>{never}</span>;
  const iso = typeof at === 'number' ? new Date(at).toISOString() : at;
  return (
    <time dateTime={iso} title={`${formatMoment(iso)} (${iso})`}>
      {formatAge(Date.parse(iso), nowMs)}
    </time>
  );
}
