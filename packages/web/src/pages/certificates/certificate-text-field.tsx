import { Button, FileButton, Textarea } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { readCertificateFile } from './read-certificate-file.ts';

interface CertificateTextFieldProps {
  readonly label: string;
  readonly description: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}

/** Takes a certificate as text or as a file. A private key is stopped here: it is not even sent. */
export function CertificateTextField({ label, description, text, onText }: CertificateTextFieldProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const take = (file: File | null) => {
    if (file === null) return;
    readCertificateFile(file).then(
      (read) => {
        setProblem(null);
        onText(read);
      },
      (error: Error) => setProblem(error.message),
    );
  };
  return (
    <div>
      <Textarea
        label={label}
        description={description}
        placeholder="-----BEGIN CERTIFICATE-----"
        autosize
        minRows={3}
        maxRows={8}
        maxLength={LIMITS.PEM_CHARACTERS_MAX}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={text}
        error={hasPrivateKey(text) ? 'This is, or contains, a private key. Only the certificate is needed.' : problem}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      <FileButton accept=".pem,.crt,.cer,.der" onChange={take}>
        {(props) => (
          <Button {...props} size="xs" variant="default" mt="xs" leftSection={<IconUpload size={14} />}>
            Choose a file…
          </Button>
        )}
      </FileButton>
    </div>
  );
}

export function hasPrivateKey(text: string): boolean {
  return text.includes('PRIVATE KEY-----');
}
