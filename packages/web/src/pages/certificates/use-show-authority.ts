import { useQueryClient } from '@tanstack/react-query';
import type { AuthorityView } from '@viaduct/contracts';
import { authoritiesQuery } from '../../api/queries.ts';

/** What the server says of an authority after a change, shown at once in the list. */
export function useShowAuthority(): (changed: AuthorityView) => void {
  const queryClient = useQueryClient();
  return (changed) => {
    queryClient.setQueryData(authoritiesQuery.queryKey, (known) =>
      known?.map((one) => (one.name === changed.name ? changed : one)),
    );
  };
}
