import { Button, FileButton, Stack } from '@mantine/core';
import { IconLayoutDashboard, IconPlus, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { DashboardFile, DashboardSummary } from '@viaduct/contracts';
import { useRef } from 'react';
import { dashboardsClient, dashboardsQuery } from '../../api/dashboards-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { Age } from '../../ui/age.tsx';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Listing } from '../../ui/listing.tsx';
import { notifyProblem } from '../../ui/notify.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { FavoriteButton } from './favorite-button.tsx';
import { NewDashboardDialog } from './new-dashboard-dialog.tsx';

const route = getRouteApi('/shell/dashboards');

/** Everybody's dashboards and one's own, favourites first. */
export function DashboardsPage() {
  usePageTitle('Dashboards');
  useFleetStream();
  const { add = false } = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const dashboards = useQuery(dashboardsQuery);
  const setAdd = (isOpen: boolean) => void navigate({ search: { add: isOpen || undefined }, replace: true });
  // The same file may be chosen again, once it is mended.
  const resetFile = useRef<() => void>(null);
  const read = useMutation({
    mutationFn: async (file: File) => {
      resetFile.current?.();
      return dashboardsClient.import({ file: readFile(await file.text()), personal: true });
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: dashboardsQuery.queryKey });
      await navigate({ to: '/dashboards/$dashboardId', params: { dashboardId: id } });
    },
    onError: notifyProblem,
  });
  const sorted = [...(dashboards.data ?? [])].sort((a, b) => Number(b.favorite) - Number(a.favorite));
  return (
    <Stack gap="md">
      <PageHead
        title="Dashboards"
        text="What you want to see together: lines, figures, maps and buttons of many devices, or of whichever one chooses. Shared with everybody, or your own."
      >
        <FileButton
          resetRef={resetFile}
          accept="application/json,.json"
          onChange={(file) => file !== null && read.mutate(file)}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              loading={read.isPending}
              leftSection={<IconUpload size={16} aria-hidden="true" />}
            >
              Import
            </Button>
          )}
        </FileButton>
        <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setAdd(true)}>
          New dashboard
        </Button>
      </PageHead>
      <Listing
        answer={dashboards}
        rows={sorted}
        empty={
          <EmptyState
            icon={IconLayoutDashboard}
            title="No dashboards yet"
            text="Pages of devices make themselves; a dashboard shows what belongs together for you."
          >
            <Button onClick={() => setAdd(true)}>Make the first dashboard</Button>
          </EmptyState>
        }
      >
        {(rows) => <DashboardTable dashboards={rows} />}
      </Listing>
      <NewDashboardDialog opened={add} onClose={() => setAdd(false)} />
    </Stack>
  );
}

/** What is in it, the server judges. */
function readFile(text: string): DashboardFile {
  try {
    return JSON.parse(text) as DashboardFile;
  } catch (error) {
    throw new NotJson('The file is no JSON, so it is no dashboard', { cause: error });
  }
}

class NotJson extends Error {}

function DashboardTable({ dashboards }: { readonly dashboards: readonly DashboardSummary[] }) {
  return (
    <section className={`card ${tables.frame}`} aria-label="Dashboards">
      <DataTable
        columns={[
          'Dashboard',
          'For',
          { title: 'Tiles', isWide: true, isNumber: true },
          { title: 'Changed', isWide: true },
        ]}
      >
        {dashboards.map((dashboard) => (
          <tr key={dashboard.id}>
            <th scope="row">
              <FavoriteButton dashboard={dashboard} />
              <Link to="/dashboards/$dashboardId" params={{ dashboardId: dashboard.id }} className={tables.name}>
                {dashboard.displayName}
              </Link>
              {dashboard.description !== null && <div className="quiet">{dashboard.description}</div>}
            </th>
            <td>{dashboard.personal ? 'You' : 'Everybody'}</td>
            <td data-wide data-number>
              {dashboard.tileCount}
            </td>
            <td data-wide>
              <Age at={dashboard.updatedAt} />
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
