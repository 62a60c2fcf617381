import { IconMapOff } from '@tabler/icons-react';
import { ButtonLink } from './button-link.tsx';
import { EmptyState } from './empty-state.tsx';
import { usePageTitle } from './page-title.ts';

export function NotFound() {
  usePageTitle('Not found');
  return (
    <main>
      <EmptyState order={1} icon={IconMapOff} title="Not found" text="No page of this console has that address.">
        <ButtonLink to="/">Go to the overview</ButtonLink>
      </EmptyState>
    </main>
  );
}
