import { Menu } from '@mantine/core';
import { IconCheck, IconHome, IconHomeStar } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Dashboard, LandingDashboards } from '@viaduct/contracts';
import { dashboardsClient, landingQuery } from '../../api/dashboards-client.ts';
import { notifyProblem } from '../../ui/notify.ts';

const CHOICES = [
  { whose: 'own', words: 'Begin with it', icon: IconHome },
  { whose: 'everybody', words: 'Everybody begins with it', icon: IconHomeStar },
] as const;

/** Items of a menu: whether the overview begins with this dashboard, for oneself and for whoever has not chosen. */
export function LandingItems({ dashboard: { id, personal } }: { readonly dashboard: Dashboard }) {
  const client = useQueryClient();
  const landing = useQuery(landingQuery).data;
  const choose = useMutation({
    mutationFn: (whose: keyof LandingDashboards) =>
      dashboardsClient.chooseLanding({ whose, dashboardId: landing?.[whose] === id ? null : id }),
    onSuccess: (chosen) => client.setQueryData(landingQuery.queryKey, chosen),
    onError: notifyProblem,
  });
  return CHOICES.map(({ whose, words, icon: Glyph }) => (
    <Menu.Item
      key={whose}
      role="menuitemcheckbox"
      aria-checked={landing?.[whose] === id}
      closeMenuOnClick={false}
      disabled={landing === undefined || choose.isPending || (whose === 'everybody' && personal)}
      leftSection={<Glyph size={16} />}
      rightSection={landing?.[whose] === id ? <IconCheck size={14} aria-hidden="true" /> : null}
      onClick={() => choose.mutate(whose)}
    >
      {words}
    </Menu.Item>
  ));
}
