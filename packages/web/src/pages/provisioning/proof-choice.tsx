import { PasswordInput, Radio, Select, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AttestationView, EnrollmentKindName } from '@viaduct/contracts';
import { authoritiesQuery } from '../../api/queries.ts';
import { CertificateTextField } from '../certificates/certificate-text-field.tsx';
import { type EnrollmentDraft, PROOFS, type ProofFields } from './enrollment-draft.ts';
import { PROOF_WORDS } from './enrollment-words.ts';

type ProofKind = AttestationView['kind'];

const TEXTS: Readonly<Record<EnrollmentKindName, Readonly<Partial<Record<ProofKind, string>>>>> = {
  group: {
    symmetricKey: 'The group has a key, and each device a key derived from it. Nothing else to set up.',
    caReferences: 'Each device has a certificate that one of your registered authorities signed.',
    signingCertificates: 'The same, with a root or intermediate certificate that only this group knows.',
  },
  individual: {
    symmetricKey: 'The device has a key of its own.',
    clientCertificates: 'The device has a certificate, signed by anybody or by itself.',
    tpm: 'The device has a TPM 2.0 chip; its key never leaves it.',
  },
};

interface ProofChoiceProps {
  readonly draft: EnrollmentDraft;
  /** Of one that exists: what it has. */
  readonly current?: ProofKind;
  readonly onChange: (part: Pick<Partial<EnrollmentDraft>, 'proof' | 'fields'>) => void;
}

/** How devices prove who they are, and what the server must know for it. */
export function ProofChoice({ draft, current, onChange }: ProofChoiceProps) {
  const { kind, proof, fields } = draft;
  const choose = (value: string) => {
    const chosen = PROOFS[kind].find((each) => each === value);
    onChange({ proof: chosen ?? (current === undefined ? 'symmetricKey' : 'keep') });
  };
  return (
    <Stack gap="sm">
      <Radio.Group
        label={kind === 'group' ? 'Devices prove themselves by' : 'The device proves itself by'}
        value={proof}
        onChange={choose}
      >
        <Stack gap={8} mt={6}>
          {current !== undefined && (
            <Radio
              value="keep"
              label={`As now: ${PROOF_WORDS[current].short.toLowerCase()}`}
              description="Nothing changes for devices."
            />
          )}
          {PROOFS[kind].map((each) => (
            <Radio key={each} value={each} label={PROOF_WORDS[each].short} description={TEXTS[kind][each]} />
          ))}
        </Stack>
      </Radio.Group>
      {proof !== 'keep' && (
        <ProofFieldsOf
          key={proof}
          proof={proof}
          fields={fields[proof] ?? { primary: '', secondary: '' }}
          onFields={(typed) => onChange({ fields: { ...fields, [proof]: typed } })}
        />
      )}
    </Stack>
  );
}

interface FieldsProps {
  readonly proof: ProofKind;
  readonly fields: ProofFields;
  readonly onFields: (fields: ProofFields) => void;
}

function ProofFieldsOf({ proof, fields, onFields }: FieldsProps) {
  const setPrimary = (primary: string) => onFields({ ...fields, primary });
  const setSecondary = (secondary: string) => onFields({ ...fields, secondary });
  switch (proof) {
    case 'symmetricKey':
      return <KeyFields fields={fields} onFields={onFields} />;
    case 'caReferences':
      return <AuthorityFields fields={fields} onFields={onFields} />;
    case 'tpm':
      return (
        <>
          <TpmField label="Endorsement key" text={fields.primary} onText={setPrimary} />
          <TpmField label="Storage root key, if you know it" text={fields.secondary} onText={setSecondary} />
        </>
      );
    default:
      return (
        <>
          <CertificateTextField
            label="Certificate"
            description={
              proof === 'clientCertificates'
                ? "The device's certificate. Never its private key."
                : "The root or intermediate that signs the devices' certificates. Never its private key."
            }
            text={fields.primary}
            onText={setPrimary}
          />
          <CertificateTextField
            label="Second certificate, for the change-over"
            description="Optional: devices with either are let in."
            text={fields.secondary}
            onText={setSecondary}
          />
        </>
      );
  }
}

/** Keys are made by the server unless somebody brings their own. */
function KeyFields({ fields, onFields }: Omit<FieldsProps, 'proof'>) {
  return (
    <details>
      <summary>Bring your own keys</summary>
      <Stack gap="sm" mt="xs">
        <PasswordInput
          label="Primary key"
          description="Base64. Left empty, the server makes one."
          autoComplete="off"
          value={fields.primary}
          onChange={(event) => onFields({ ...fields, primary: event.currentTarget.value })}
        />
        <PasswordInput
          label="Secondary key"
          autoComplete="off"
          value={fields.secondary}
          onChange={(event) => onFields({ ...fields, secondary: event.currentTarget.value })}
        />
      </Stack>
    </details>
  );
}

function AuthorityFields({ fields, onFields }: Omit<FieldsProps, 'proof'>) {
  const authorities = useQuery(authoritiesQuery);
  const names = (authorities.data ?? []).map(({ name, isVerified }) => ({
    value: name,
    label: isVerified ? name : `${name} (not verified yet)`,
    disabled: !isVerified,
  }));
  return (
    <>
      <Select
        label="Certificate authority"
        placeholder={names.length === 0 ? 'None registered yet' : 'Choose one'}
        data={names}
        value={fields.primary || null}
        onChange={(value) => onFields({ ...fields, primary: value ?? '' })}
      />
      {names.length === 0 && authorities.isSuccess && (
        <Text size="sm">
          Register the authority first, and prove that its key is yours: <Link to="/certificates">Certificates</Link>.
        </Text>
      )}
      {names.length > 1 && (
        <Select
          label="Second authority, for the change-over"
          clearable
          data={names}
          value={fields.secondary || null}
          onChange={(value) => onFields({ ...fields, secondary: value ?? '' })}
        />
      )}
    </>
  );
}

interface TpmFieldProps {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function TpmField({ label, text, onText }: TpmFieldProps) {
  return (
    <Textarea
      label={label}
      description="Base64, as the TPM tool of the SDK prints it."
      autosize
      minRows={2}
      maxRows={6}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  );
}
