import type { ReactNode } from 'react';
import classes from './entry-card.module.css';
import { Logo } from './logo.tsx';

/** The card one meets before signing in. */
export function EntryCard({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className={classes.page}>
      <div className={`card ${classes.card}`}>
        <div className={classes.brand}>
          <Logo size={34} />
          <span>Viaduct</span>
        </div>
        <h1 className={classes.title}>{title}</h1>
        {children}
      </div>
    </main>
  );
}
