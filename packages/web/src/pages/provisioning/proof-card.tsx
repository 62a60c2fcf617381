import { Button } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AuthorityReference, CertificateView, EnrollmentView } from '@viaduct/contracts';
import { provisioningClient } from '../../api/provisioning-client.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { notifyProblem } from '../../ui/notify.ts';
import { SecretLine } from '../../ui/secret-line.tsx';
import { TextBlock } from '../../ui/text-block.tsx';
import { lettingIn } from './enrollment-words.ts';
import { ExpiryBadge } from './expiry-badge.tsx';
import classes from './provisioning.module.css';

/** Whom an enrolment lets in, and by what. */
export function ProofCard({ enrollment }: { readonly enrollment: EnrollmentView }) {
  const { kind, id, proof } = enrollment;
  return (
    <section className="card" aria-labelledby="lets-in">
      <h2 className={classes.title} id="lets-in">
        Whom it lets in
      </h2>
      <p className={classes.lead}>{lettingIn(kind, id, proof)}</p>
      <dl className={classes.facts}>
        <Proof enrollment={enrollment} />
      </dl>
    </section>
  );
}

function Proof({ enrollment }: { readonly enrollment: EnrollmentView }) {
  const { proof } = enrollment;
  switch (proof.kind) {
    case 'symmetricKey':
      return <Keys enrollment={enrollment} />;
    case 'clientCertificates':
    case 'signingCertificates':
      return (
        <>
          <Certificate title="Certificate" certificate={proof.primary} />
          {proof.secondary !== null && <Certificate title="Second certificate" certificate={proof.secondary} />}
        </>
      );
    case 'caReferences':
      return (
        <>
          <Authority authority={proof.primary} />
          {proof.secondary !== null && <Authority authority={proof.secondary} />}
        </>
      );
    case 'tpm':
      return (
        <>
          <div>
            <dt>Endorsement key</dt>
            <dd>
              <TextBlock text={proof.endorsementKey} label="Endorsement key" />
            </dd>
          </div>
          <div>
            <dt>Storage root key</dt>
            <dd>
              {proof.storageRootKey === null ? (
                'Not known until the device comes.'
              ) : (
                <TextBlock text={proof.storageRootKey} label="Storage root key" />
              )}
            </dd>
          </div>
        </>
      );
    default:
      return proof satisfies never;
  }
}

/** Fetched when asked for, which is written into the audit. */
function Keys({ enrollment: { kind, id, updatedTime } }: { readonly enrollment: EnrollmentView }) {
  const keys = useMutation({
    mutationKey: ['provisioning', 'keys', kind, id, updatedTime],
    mutationFn: () => provisioningClient.keys(kind, id),
    onError: notifyProblem,
  });
  if (keys.data === undefined) {
    return (
      <div>
        <dt>Keys</dt>
        <dd>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconEye size={14} />}
            loading={keys.isPending}
            onClick={() => keys.mutate()}
          >
            Show keys
          </Button>
        </dd>
      </div>
    );
  }
  return (
    <>
      <SecretLine title="Primary key" value={keys.data.primaryKey} />
      <SecretLine title="Secondary key" value={keys.data.secondaryKey} />
      <p className={classes.sub}>
        {kind === 'group'
          ? 'Keep them here: a device gets a key of its own, below. That somebody saw them is in the audit.'
          : 'That somebody saw them is in the audit.'}
      </p>
    </>
  );
}

function Certificate({ title, certificate }: { readonly title: string; readonly certificate: CertificateView }) {
  const { subject, issuer, thumbprint, validFrom, validTo, pem } = certificate;
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <div className={classes.line}>
          {subject} <ExpiryBadge ends={validTo} begins={validFrom} />
          <CopyButton text={pem} label="Copy certificate" />
        </div>
        <div className={classes.sub}>
          Issued by {issuer}. SHA-256 <span className="mono">{thumbprint}</span>
        </div>
      </dd>
    </div>
  );
}

function Authority({ authority: { name, certificate, isVerified } }: { readonly authority: AuthorityReference }) {
  return (
    <div>
      <dt>Certificate authority</dt>
      <dd>
        <div className={classes.line}>
          <Link to="/certificates">{name}</Link>
          {certificate !== null && <ExpiryBadge ends={certificate.validTo} begins={certificate.validFrom} />}
        </div>
        {certificate === null && (
          <span className="danger">There is no authority of this name any more: nobody is let in by it.</span>
        )}
        {certificate !== null && !isVerified && (
          <span className="danger">It is not verified: nobody is let in by it until it is.</span>
        )}
      </dd>
    </div>
  );
}
