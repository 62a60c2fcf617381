import { Radio, Stack, Text } from '@mantine/core';
import type { NewAuthentication } from '@viaduct/contracts';
import type { AuthenticationDraft } from './authentication-draft.ts';
import { CertificateField } from './certificate-field.tsx';

interface AuthenticationChoiceProps {
  /** Whom it is for: what the common name of a CA-signed certificate must be. */
  readonly name: string;
  readonly draft: AuthenticationDraft;
  readonly onDraft: (draft: AuthenticationDraft) => void;
}

const CHOICES = [
  ['sas', 'Symmetric key', 'Two secrets are made; the client is given a connection string.'],
  ['selfSigned', 'Own certificate', 'Known by its thumbprint, whoever signed it.'],
  ['certificateAuthority', 'Certificate by an authority', 'Signed by one that is verified on the Certificates page.'],
] as const satisfies readonly (readonly [NewAuthentication['type'], string, string])[];

/** How a device or module is to prove who it is. */
export function AuthenticationChoice({ name, draft, onDraft }: AuthenticationChoiceProps) {
  return (
    <Stack gap="sm">
      <Radio.Group
        label="Authentication"
        value={draft.type}
        onChange={(value) => {
          const type = CHOICES.find(([candidate]) => candidate === value)?.[0] ?? 'sas';
          onDraft({ ...draft, type });
        }}
      >
        <Stack gap={8} mt={6}>
          {CHOICES.map(([type, label, description]) => (
            <Radio key={type} value={type} label={label} description={description} />
          ))}
        </Stack>
      </Radio.Group>
      {draft.type === 'selfSigned' && (
        <>
          <CertificateField
            label="Certificate or thumbprint"
            onThumbprint={(primaryThumbprint) => onDraft({ ...draft, primaryThumbprint })}
          />
          <CertificateField
            label="Second one, for the time of a change (optional)"
            onThumbprint={(secondaryThumbprint) => onDraft({ ...draft, secondaryThumbprint })}
          />
        </>
      )}
      {draft.type === 'certificateAuthority' && (
        <Text size="sm" className="quiet">
          The common name (CN) of its certificate must be <code>{name === '' ? 'its id' : name}</code>.
        </Text>
      )}
    </Stack>
  );
}
