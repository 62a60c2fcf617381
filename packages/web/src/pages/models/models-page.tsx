import { Button, Stack } from '@mantine/core';
import { IconFileImport, IconPlus, IconSchema } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { templatesQuery } from '../../api/templates-client.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Listing } from '../../ui/listing.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ImportDialog } from './import-dialog.tsx';
import { ModelTable } from './model-table.tsx';

const route = getRouteApi('/shell/models');

/** What kinds of devices there are, and what each can say and do. */
export function ModelsPage() {
  usePageTitle('Models');
  const { import: isImporting = false } = route.useSearch();
  const navigate = route.useNavigate();
  const templates = useQuery(templatesQuery);
  const setImporting = (isOpen: boolean) => void navigate({ search: { import: isOpen || undefined }, replace: true });
  return (
    <Stack gap="md">
      <PageHead
        title="Models"
        text="A model says what a kind of device measures, what can be set, and which commands it takes. Devices that announce a model that is known here have it by themselves."
      >
        <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => setImporting(true)}>
          Import
        </Button>
        <ButtonLink to="/models/new" leftSection={<IconPlus size={16} />}>
          New model
        </ButtonLink>
      </PageHead>
      <Listing
        answer={templates}
        rows={templates.data}
        empty={
          <EmptyState
            icon={IconSchema}
            title="No models yet"
            text="With a model, a device's page has names, units, forms and charts; without one, values are shown as they come."
          >
            <Button onClick={() => setImporting(true)}>Import a model</Button>
          </EmptyState>
        }
      >
        {(rows) => <ModelTable rows={rows} />}
      </Listing>
      {isImporting && <ImportDialog onClose={() => setImporting(false)} />}
    </Stack>
  );
}
