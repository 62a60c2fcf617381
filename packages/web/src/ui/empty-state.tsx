import { Stack, Text, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon: Icon;
  readonly title: string;
  readonly text: string;
  /** 1 where this is the whole page. */
  readonly order?: 1 | 2;
  /** One button, or nothing. */
  readonly children?: ReactNode;
}

/** Nothing here yet: one sentence that says why, one button that changes it. */
export function EmptyState({ icon: Glyph, title, text, order = 2, children }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py={48} px="md">
      <Glyph size={36} stroke={1.4} className="quiet" aria-hidden="true" />
      <Title order={order} size="h4">
        {title}
      </Title>
      <Text className="quiet" ta="center" maw={460} size="sm">
        {text}
      </Text>
      {children}
    </Stack>
  );
}
