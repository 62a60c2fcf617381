import { Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type CertificateFacts, LIMITS } from '@viaduct/contracts';
import { useEffect, useEffectEvent, useState } from 'react';
import { consoleClient } from '../api/console-client.ts';
import { formatMoment } from '../ui/format.ts';
import { useNow } from '../ui/use-now.ts';
import classes from './credentials.module.css';
import { type Proof, readProof, validityWarning } from './read-proof.ts';

interface CertificateFieldProps {
  readonly label: string;
  /** Null while what is typed is none. */
  readonly onThumbprint: (hex: string | null) => void;
}

/** Takes a thumbprint as hex, or the certificate itself, of which it shows what it says before it is used. */
export function CertificateField({ label, onThumbprint }: CertificateFieldProps) {
  const [text, setText] = useState('');
  const proof = readProof(text);
  const facts = useFacts(proof);
  const hex = proof.kind === 'thumbprint' ? proof.hex : proof.kind === 'pem' ? (facts.data?.sha256 ?? null) : null;
  const tell = useEffectEvent(onThumbprint);
  useEffect(() => tell(hex), [hex]);
  return (
    <div>
      <Textarea
        label={label}
        description="Paste the certificate (PEM), or its SHA-256 or SHA-1 in hex. Never its private key."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={LIMITS.PEM_CHARACTERS_MAX}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={text}
        error={proof.kind === 'invalid' ? proof.why : (facts.error?.message ?? null)}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {proof.kind === 'pem' && facts.data !== undefined && <Facts facts={facts.data} />}
    </div>
  );
}

/** The same text is the same certificate: asked once. */
function useFacts(proof: Proof) {
  const pem = proof.kind === 'pem' ? proof.pem : '';
  return useQuery({
    queryKey: ['certificate-facts', pem],
    queryFn: () => consoleClient.certificateFacts(pem),
    enabled: pem !== '',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

function Facts({ facts }: { readonly facts: CertificateFacts }) {
  const warning = validityWarning(facts.validFrom, facts.validTo, useNow());
  return (
    <div aria-live="polite">
      <dl className={classes.facts}>
        <div>
          <dt>Subject</dt>
          <dd>{facts.subject || 'none'}</dd>
        </div>
        <div>
          <dt>Valid until</dt>
          <dd>{formatMoment(facts.validTo)}</dd>
        </div>
        <div>
          <dt>SHA-256</dt>
          <dd className="mono">{facts.sha256}</dd>
        </div>
      </dl>
      {warning !== null && <p className={classes.warning}>{warning}</p>}
      {facts.isAuthority && (
        <p className={classes.warning}>This is an authority's certificate, not a device's: is it the right one?</p>
      )}
    </div>
  );
}
