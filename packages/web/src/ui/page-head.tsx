import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface PageHeadProps {
  readonly title: ReactNode;
  /** What the page is about, for who comes for the first time. */
  readonly text: string;
  /** What one may begin here. */
  readonly children?: ReactNode;
}

/** Title, one paragraph, and the buttons that begin something. */
export function PageHead({ title, text, children }: PageHeadProps) {
  return (
    <div>
      <Group justify="space-between">
        <Title order={1}>{title}</Title>
        <Group gap="xs">{children}</Group>
      </Group>
      <Text className="quiet" size="sm" maw={720} mt={6}>
        {text}
      </Text>
    </div>
  );
}
