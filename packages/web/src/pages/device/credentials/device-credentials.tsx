import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type CredentialsView, identityKey } from '@viaduct/contracts';
import { credentialsQuery } from '../../../api/queries.ts';
import { AUTHENTICATION_MEANINGS, AUTHENTICATION_NAMES } from '../../../credentials/authentication-words.ts';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useIdentityScope } from '../device-context.ts';
import { CertificatePanel } from './certificate-panel.tsx';
import { ChangeAuthentication } from './change-authentication.tsx';
import classes from './credentials.module.css';
import { KeysPanel } from './keys-panel.tsx';
import { StatusPanel } from './status-panel.tsx';

/** How a device or module proves who it is, and everything that can be done about it. */
export function DeviceCredentials() {
  const { identity } = useIdentityScope();
  const credentials = useQuery(credentialsQuery(identity));
  usePageTitle('Credentials', identityKey(identity));
  if (credentials.isPending) return <Skeleton height={320} />;
  if (credentials.isError) {
    return <ProblemAlert error={credentials.error} onRetry={() => void credentials.refetch()} />;
  }
  return <Credentials credentials={credentials.data} />;
}

function Credentials({ credentials }: { readonly credentials: CredentialsView }) {
  const { authentication } = credentials;
  return (
    <Stack gap="md">
      <section className="card" aria-labelledby="authentication">
        <h2 className={classes.title} id="authentication">
          {AUTHENTICATION_NAMES[authentication]}
        </h2>
        <p className={classes.meaning}>{AUTHENTICATION_MEANINGS[authentication]}</p>
        {authentication === 'sas' && <KeysPanel credentials={credentials} />}
        {(authentication === 'selfSigned' || authentication === 'certificateAuthority') && (
          <CertificatePanel credentials={credentials} />
        )}
      </section>
      <StatusPanel key={credentials.status} credentials={credentials} />
      <ChangeAuthentication current={authentication} />
    </Stack>
  );
}
