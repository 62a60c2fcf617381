import { Menu } from '@mantine/core';
import { IconHome, IconHomeStar } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Dashboard, LandingDashboards } from '@viaduct/contracts';
import { dashboardsClient, landingQuery } from '../../api/dashboards-client.ts';
import { notifyProblem } from '../../ui/notify.ts';

const CHOICES = [
  { whose: 'own', icon: IconHome, begin: 'Begin with it', end: 'Do not begin with it' },
  {
    whose: 'everybody',
    icon: IconHomeStar,
    begin: 'Let everybody begin with it',
    end: 'Do not let everybody begin with it',
  },
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
  return CHOICES.map(({ whose, begin, end, icon: Glyph }) => (
    <Menu.Item
      key={whose}
      closeMenuOnClick={false}
      disabled={landing === undefined || choose.isPending || (whose === 'everybody' && personal)}
      leftSection={<Glyph size={16} />}
      onClick={() => choose.mutate(whose)}
    >
      {landing?.[whose] === id ? end : begin}
    </Menu.Item>
  ));
}
