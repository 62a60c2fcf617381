import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type CredentialsView, identityKey, type NewAuthentication } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { credentialsQuery } from '../../../api/queries.ts';
import { AuthenticationChoice } from '../../../credentials/authentication-choice.tsx';
import { authenticationOf, FIRST_DRAFT } from '../../../credentials/authentication-draft.ts';
import { AUTHENTICATION_NAMES } from '../../../credentials/authentication-words.ts';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { notify, notifyProblem } from '../../../ui/notify.ts';
import { useIdentityScope } from '../device-context.ts';
import classes from './credentials.module.css';

type Current = CredentialsView['authentication'];

/** Another kind of credential, or other certificates of the same kind. What was valid until then is not any more. */
export function ChangeAuthentication({ current }: { readonly current: Current }) {
  const { identity } = useIdentityScope();
  const button = useRef<HTMLButtonElement>(null);
  const [draft, setDraft] = useState({ ...FIRST_DRAFT, type: current === 'none' ? FIRST_DRAFT.type : current });
  const [isConfirming, setConfirming] = useState(false);
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (wanted: NewAuthentication) => consoleClient.changeCredentials(identity, wanted),
    onSuccess: (credentials) => {
      setConfirming(false);
      queryClient.setQueryData(credentialsQuery(identity).queryKey, credentials);
      notify('The credentials are changed');
    },
    onError: notifyProblem,
  });
  const wanted = authenticationOf(draft);
  // Keys are renewed one by one above, and an authority's device has nothing here that could be another.
  const isSame = draft.type === current && draft.type !== 'selfSigned';
  return (
    <section className="card" aria-labelledby="change">
      <h2 className={classes.title} id="change">
        Change how it authenticates
      </h2>
      <div className={classes.choice}>
        <AuthenticationChoice name={identityKey(identity)} draft={draft} onDraft={setDraft} />
        <Button
          ref={button}
          mt="md"
          variant="default"
          disabled={wanted === null || isSame}
          onClick={() => setConfirming(true)}
        >
          {isSame ? 'This is how it authenticates now' : 'Change…'}
        </Button>
      </div>
      <ConfirmDialog
        opened={isConfirming}
        title={`Change to: ${AUTHENTICATION_NAMES[draft.type].toLowerCase()}?`}
        text={`${LOST[current]} ${identityKey(identity)} is disconnected now, and comes back only with the new credential.`}
        action="Change credentials"
        isPending={change.isPending}
        onConfirm={() => wanted !== null && change.mutate(wanted)}
        onClose={() => setConfirming(false)}
        returnTo={button}
      />
    </section>
  );
}

const LOST = {
  sas: 'Both keys are deleted, and nobody can bring them back.',
  selfSigned: 'The certificates that are registered now are known no more.',
  certificateAuthority: 'A certificate by an authority is accepted no more.',
  none: 'Until now it had none.',
} as const satisfies Record<Current, string>;
