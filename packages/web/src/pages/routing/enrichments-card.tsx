import { Button } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { Enrichment, RoutingView } from '@viaduct/contracts';
import { useState } from 'react';
import { routingClient, routingQuery } from '../../api/routing-client.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import tables from '../../ui/data-table.module.css';
import { ACTIONS, DataTable } from '../../ui/data-table.tsx';
import facts from '../../ui/facts.module.css';
import { EnrichmentDialog } from './enrichment-dialog.tsx';
import classes from './routing.module.css';

/** Properties that messages get on their way. */
export function EnrichmentsCard({ view }: { readonly view: RoutingView }) {
  const [opened, setOpened] = useState<Enrichment | 'new' | null>(null);
  return (
    <section className={`card ${tables.frame}`} aria-labelledby="enrichments">
      <div className={classes.head}>
        <h2 id="enrichments" className={facts.title}>
          Enrichments
        </h2>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setOpened('new')}>
          Add enrichment
        </Button>
      </div>
      {view.enrichments.length === 0 ? (
        <p className={classes.note}>
          An enrichment adds a property to each message on its way to some endpoints: the site from the device’s twin,
          or the name of this hub.
        </p>
      ) : (
        <DataTable columns={['Property', 'Value', { title: 'For', isWide: true }, ACTIONS]}>
          {view.enrichments.map((enrichment) => (
            <tr key={enrichment.key}>
              <th scope="row">
                <button type="button" className={tables.open} onClick={() => setOpened(enrichment)}>
                  {enrichment.key}
                </button>
              </th>
              <td className="mono">{enrichment.value}</td>
              <td data-wide>{enrichment.endpointNames.join(', ')}</td>
              <td data-actions>
                <RemoveEnrichment name={enrichment.key} etag={view.etag} />
              </td>
            </tr>
          ))}
        </DataTable>
      )}
      <EnrichmentDialog view={view} opened={opened} onClose={() => setOpened(null)} />
    </section>
  );
}

function RemoveEnrichment({ name, etag }: { readonly name: string; readonly etag: string }) {
  const queryClient = useQueryClient();
  const remove = async () => {
    queryClient.setQueryData(routingQuery.queryKey, await routingClient.removeEnrichment(name, etag));
  };
  return (
    <ConfirmButton
      label={`Remove ${name}`}
      icon={IconTrash}
      question={`Remove ${name}?`}
      consequence="Messages go on without this property; those that were delivered keep it."
      action="Remove enrichment"
      done={`${name} is removed`}
      act={remove}
    />
  );
}
