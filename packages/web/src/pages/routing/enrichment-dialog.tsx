import { Modal, TextInput } from '@mantine/core';
import { type Enrichment, LIMITS, type RoutingView } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { routingClient } from '../../api/routing-client.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { notify } from '../../ui/notify.ts';
import { EndpointChoice } from './endpoint-choice.tsx';
import { useChangeRouting } from './use-change-routing.ts';

interface EnrichmentDialogProps {
  readonly view: RoutingView;
  /** Null while closed. */
  readonly opened: Enrichment | 'new' | null;
  readonly onClose: () => void;
}

/** A property, its value, and for whom. */
export function EnrichmentDialog({ view, opened, onClose }: EnrichmentDialogProps) {
  // What is fading out keeps its content.
  const last = useRef(opened);
  if (opened !== null) last.current = opened;
  const shown = last.current;
  return (
    <Modal
      opened={opened !== null}
      onClose={onClose}
      title={shown === 'new' || shown === null ? 'Add enrichment' : shown.key}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {shown !== null && <EnrichmentForm view={view} former={shown === 'new' ? null : shown} onClose={onClose} />}
    </Modal>
  );
}

interface EnrichmentFormProps {
  readonly view: RoutingView;
  readonly former: Enrichment | null;
  readonly onClose: () => void;
}

function EnrichmentForm({ view, former, onClose }: EnrichmentFormProps) {
  const [draft, setDraft] = useState<Enrichment>(former ?? { key: '', value: '', endpointNames: [] });
  const save = useChangeRouting(
    (enrichment: Enrichment) => routingClient.putEnrichment(enrichment, view.etag),
    ({ key }) => {
      notify(`${key} is saved`);
      onClose();
    },
  );
  const isReady = draft.key.trim() !== '' && draft.value.trim() !== '' && draft.endpointNames.length > 0;
  return (
    <DialogForm
      action="Save"
      isReady={isReady}
      sending={save}
      onSend={() => save.mutate({ ...draft, key: draft.key.trim(), value: draft.value.trim() })}
      onClose={onClose}
    >
      <TextInput
        label="Property"
        description="Its name in the message."
        data-autofocus
        spellCheck={false}
        disabled={former !== null}
        maxLength={LIMITS.ROUTING_NAME_CHARACTERS_MAX}
        value={draft.key}
        onChange={(event) => setDraft({ ...draft, key: event.currentTarget.value })}
      />
      <TextInput
        label="Value"
        description="A text; $iothubname; or a path in the twin: $twin.tags.site, $twin.properties.reported.firmware"
        spellCheck={false}
        maxLength={LIMITS.ROUTING_ENRICHMENT_CHARACTERS_MAX}
        value={draft.value}
        onChange={(event) => setDraft({ ...draft, value: event.currentTarget.value })}
      />
      <EndpointChoice
        view={view}
        chosen={draft.endpointNames}
        onChosen={(endpointNames) => setDraft({ ...draft, endpointNames })}
      />
    </DialogForm>
  );
}
