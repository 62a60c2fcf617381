import { type CredentialsView, identityKey } from '@viaduct/contracts';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { useIdentityScope } from '../device-context.ts';
import classes from './credentials.module.css';

/** What the client is given, and by what its certificate is known. */
export function CertificatePanel({ credentials }: { readonly credentials: CredentialsView }) {
  const { identity } = useIdentityScope();
  const { authentication, certificateConnectionString, primaryThumbprint, secondaryThumbprint } = credentials;
  return (
    <>
      <dl className={classes.values}>
        {authentication === 'certificateAuthority' && (
          <div>
            <dt>Common name (CN) that the certificate must have</dt>
            <dd className="mono">{identityKey(identity)}</dd>
          </div>
        )}
        <Thumbprint title="Primary thumbprint" hex={primaryThumbprint} />
        <Thumbprint title="Secondary thumbprint" hex={secondaryThumbprint} />
        {certificateConnectionString !== null && (
          <div>
            <dt>Connection string; the client takes its certificate and key apart</dt>
            <dd className={classes.line}>
              <span className="mono">{certificateConnectionString}</span>
              <CopyButton text={certificateConnectionString} />
            </dd>
          </div>
        )}
      </dl>
      {authentication === 'certificateAuthority' ? (
        <ButtonLink to="/certificates" variant="default" size="xs" mt="md">
          Authorities and their certificates
        </ButtonLink>
      ) : (
        <p className={classes.note}>
          A thumbprint does not say when its certificate expires: paste the certificate below to see it before you
          register it.
        </p>
      )}
    </>
  );
}

function Thumbprint({ title, hex }: { readonly title: string; readonly hex: string | null }) {
  if (hex === null) return null;
  return (
    <div>
      <dt>
        {title} ({hex.length === 40 ? 'SHA-1' : 'SHA-256'})
      </dt>
      <dd className={classes.line}>
        <span className="mono">{hex}</span>
        <CopyButton text={hex} />
      </dd>
    </div>
  );
}
