import { Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { AuthorityView } from '@viaduct/contracts';
import { useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { notify } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { TextBlock } from '../../ui/text-block.tsx';
import { CertificateTextField, hasPrivateKey } from './certificate-text-field.tsx';
import classes from './certificates.module.css';
import { useShowAuthority } from './use-show-authority.ts';

/** Proof of possession, step by step: a code, what to run where the key is, and what came out of it. */
export function ProofPanel({ authority }: { readonly authority: AuthorityView }) {
  const { name, etag, verificationCode } = authority;
  const show = useShowAuthority();
  const code = useMutation({
    mutationFn: () => consoleClient.newVerificationCode(name, etag),
    onSuccess: show,
  });
  return (
    <div className={classes.proof}>
      <p className={classes.note}>
        Nobody is let in by this authority yet. Prove first that its private key is yours: sign a certificate with a
        name that we choose. The key stays where it is.
      </p>
      {code.error !== null && <ProblemAlert error={code.error} />}
      {verificationCode !== null && <ProofSteps authority={authority} />}
      <Button
        variant={verificationCode === null ? 'filled' : 'default'}
        size="xs"
        mt="sm"
        loading={code.isPending}
        onClick={() => code.mutate()}
      >
        {verificationCode === null ? 'Make a verification code' : 'Make another code'}
      </Button>
    </div>
  );
}

function ProofSteps({ authority }: { readonly authority: AuthorityView }) {
  const { name, etag, verificationCode, proofCommands } = authority;
  const [proof, setProof] = useState('');
  const show = useShowAuthority();
  const verify = useMutation({
    mutationFn: () => consoleClient.verifyAuthority(name, etag, proof),
    onSuccess: (verified: AuthorityView) => {
      show(verified);
      notify(`${name} is verified`);
    },
  });
  const commands = proofCommands.join('\n');
  return (
    <Stack gap="sm">
      <ol className={classes.steps}>
        <li>
          The verification code is <span className="mono">{verificationCode}</span>{' '}
          <CopyButton text={verificationCode ?? ''} label="Copy code" />
        </li>
        <li>
          Where the private key is (ca.key, with its certificate in ca.pem), run:
          <TextBlock label={`Commands to prove ${name}`} text={commands} />
          <CopyButton text={commands} label="Copy commands" />
        </li>
        <li>Bring proof.pem here:</li>
      </ol>
      {verify.error !== null && <ProblemAlert error={verify.error} />}
      <CertificateTextField
        label="Proof"
        description="The certificate that the commands made: proof.pem."
        text={proof}
        onText={setProof}
      />
      <div>
        <Button
          disabled={proof.trim() === '' || hasPrivateKey(proof)}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          Verify
        </Button>
      </div>
    </Stack>
  );
}
