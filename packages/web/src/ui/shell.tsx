import { Menu, UnstyledButton } from '@mantine/core';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { consoleClient } from '../api/console-client.ts';
import { queryClient, sessionQuery } from '../api/queries.ts';
import { useLiveCache } from '../live/use-live-cache.ts';
import { PaletteButton } from '../palette/palette-button.tsx';
import { ColorSchemeToggle } from './color-scheme-toggle.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { Logo } from './logo.tsx';
import { NavigationMenu, NavigationRail } from './main-navigation.tsx';
import classes from './shell.module.css';

/** The frame around every page: name, navigation, state of the live stream, who is signed in. */
export function Shell() {
  useLiveCache();
  const main = useMainFocus();
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <header className={classes.header}>
        <NavigationMenu />
        <Link to="/" className={classes.brand} aria-label="Viaduct, overview">
          <Logo />
          <span className={classes.name}>Viaduct</span>
        </Link>
        <div className={classes.tools}>
          <PaletteButton />
          <LiveIndicator />
          <ColorSchemeToggle />
          <UserMenu />
        </div>
      </header>
      <div className={classes.body}>
        <NavigationRail />
        <main id="main" ref={main} tabIndex={-1} className={classes.main}>
          <Outlet />
        </main>
      </div>
    </div>
  );
}

/** After going to another page, the keyboard starts at its content; typing into a filter moves nothing. */
function useMainFocus() {
  const main = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const former = useRef(pathname);
  useEffect(() => {
    const isTabChange = sectionOf(former.current) === sectionOf(pathname);
    former.current = pathname;
    if (!isTabChange) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

/** `/console/devices/d/commands` and `/console/devices/d` are one section: its tabs keep the focus. */
function sectionOf(pathname: string): string {
  return pathname.split('/').slice(0, 4).join('/');
}

function UserMenu() {
  const session = useQuery(sessionQuery);
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: consoleClient.signOut,
    onSuccess: async () => {
      await navigate({ to: '/sign-in' });
      queryClient.clear();
    },
  });
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes.user} aria-label={`Account ${session.data?.userName ?? ''}`}>
          <IconUserCircle size={20} stroke={1.6} aria-hidden="true" />
          <span className={classes.userName}>{session.data?.userName}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Signed in as {session.data?.userName}</Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
