import { ActionIcon } from '@mantine/core';
import { IconStar, IconStarFilled } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { dashboardsClient, dashboardsQuery } from '../../api/dashboards-client.ts';
import { notifyProblem } from '../../ui/notify.ts';

interface FavoriteButtonProps {
  readonly dashboard: { readonly id: string; readonly displayName: string; readonly favorite: boolean };
}

/** One's own mark: favourites come first. */
export function FavoriteButton({ dashboard: { id, displayName, favorite } }: FavoriteButtonProps) {
  const client = useQueryClient();
  const mark = useMutation({
    mutationFn: () => dashboardsClient.favorite(id, !favorite),
    onSuccess: () => client.invalidateQueries({ queryKey: dashboardsQuery.queryKey }),
    onError: notifyProblem,
  });
  const Glyph = favorite ? IconStarFilled : IconStar;
  return (
    <ActionIcon
      size={28}
      variant="subtle"
      color="gray"
      aria-label={`Favourite: ${displayName}`}
      aria-pressed={favorite}
      onClick={() => mark.mutate()}
    >
      <Glyph size={16} aria-hidden="true" />
    </ActionIcon>
  );
}
