import { formatAge, formatMoment } from './format.ts';
import { useNow } from './use-now.ts';

/** "12 s ago", with the full time on hover; "never" for null. */
export function Age({ at, never = 'never' }: { readonly at: string | null; readonly never?: string }) {
  const nowMs = useNow();
  if (at === null) return <span>{never}</span>;
  return (
    <time dateTime={at} title={`${formatMoment(at)} (${at})`}>
      {formatAge(Date.parse(at), nowMs)}
    </time>
  );
}
