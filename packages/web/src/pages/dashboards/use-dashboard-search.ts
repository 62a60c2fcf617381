import { getRouteApi } from '@tanstack/react-router';
import type { DashboardVariable } from '@viaduct/contracts';
import { useMemo } from 'react';
import { variableValues } from '../../tiles/tile-source.ts';

const route = getRouteApi('/shell/dashboards/$dashboardId');

/** What the address says of the dashboard: the values of its variables, whether it is being changed, and which tile. */
export function useDashboardSearch(variables: readonly DashboardVariable[]) {
  const { vars, edit = false, tile } = route.useSearch();
  const navigate = route.useNavigate();
  const values = useMemo(() => variableValues(variables, vars ?? {}), [variables, vars]);
  const set = (part: { edit?: boolean; tile?: string | undefined; vars?: Readonly<Record<string, string>> }) =>
    void navigate({
      search: (old) => ({ ...old, ...part, ...(part.edit === false ? { edit: undefined, tile: undefined } : {}) }),
      replace: part.edit === undefined,
    });
  return {
    values,
    isEdited: edit,
    tile,
    set,
    setVariable: (name: string, value: string) => {
      const { [name]: _former, ...others } = vars ?? {};
      const isFirst = value === (variables.find((one) => one.name === name)?.initialValue ?? '');
      set({ vars: isFirst ? others : { ...others, [name]: value } });
    },
  };
}
