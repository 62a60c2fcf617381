import './ui/mantine-styles.ts';
import '@mantine/notifications/styles.css';
import 'virtual:theme.css';
import './ui/global.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { router } from './router.ts';
import { Notices } from './ui/notices.tsx';
import { theme } from './ui/theme.ts';

const root = document.getElementById('root');
if (root !== null) {
  // The variables and classes Mantine would write into <style> elements are in stylesheets: see dev/theme-css.ts.
  createRoot(root).render(
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Notices />
      </QueryClientProvider>
    </MantineProvider>,
  );
}
