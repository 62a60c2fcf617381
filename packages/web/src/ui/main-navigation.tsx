import { ActionIcon, Menu } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import classes from './main-navigation.module.css';
import { NAVIGATION } from './navigation.ts';

/** Wide screens: every page in sight, in groups. */
export function NavigationRail() {
  return (
    <nav className={classes.rail} aria-label="Main">
      {NAVIGATION.map(({ title, pages }) => (
        <div key={title} className={classes.group}>
          {title !== null && <p className={classes.heading}>{title}</p>}
          <ul className={classes.pages} aria-label={title ?? undefined}>
            {pages.map(({ to, title: page, icon: Glyph }) => (
              <li key={to}>
                <Link to={to} className={classes.link} activeOptions={{ exact: to === '/' }}>
                  <Glyph size={18} stroke={1.6} aria-hidden="true" />
                  {page}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** Narrow screens: the same behind one button. */
export function NavigationMenu() {
  return (
    <Menu position="bottom-start" width={230} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} className={classes.menu} aria-label="Menu">
          <IconMenu2 size={20} stroke={1.6} className="quiet" aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {NAVIGATION.map(({ title, pages }) => (
          <Fragment key={title}>
            {title !== null && <Menu.Label>{title}</Menu.Label>}
            {pages.map(({ to, title: page, icon: Glyph }) => (
              <Menu.Item
                key={to}
                component={Link}
                to={to}
                activeOptions={{ exact: to === '/' }}
                leftSection={<Glyph size={18} stroke={1.6} aria-hidden="true" />}
                className={classes.item}
              >
                {page}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
