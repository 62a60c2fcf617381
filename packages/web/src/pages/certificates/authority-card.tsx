import type { AuthorityView } from '@viaduct/contracts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatMoment } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import { authorityValidity } from './authority-validity.ts';
import classes from './certificates.module.css';
import { ProofPanel } from './proof-panel.tsx';
import { RemoveAuthority } from './remove-authority.tsx';

/** One authority: what it says of itself, how it stands, what can be done. */
export function AuthorityCard({ authority }: { readonly authority: AuthorityView }) {
  const { name, subject, thumbprint, validFrom, validTo, isVerified, pem } = authority;
  const validity = authorityValidity(validFrom, validTo, useNow());
  const titleId = `authority-${name}`;
  return (
    <section className="card" aria-labelledby={titleId}>
      <div className={classes.head}>
        <h2 className={classes.title} id={titleId}>
          {name}
        </h2>
        <span className={classes.badge} data-tone={isVerified ? 'good' : 'warn'}>
          {isVerified ? 'Verified' : 'Not verified'}
        </span>
        <span className={classes.badge} data-tone={validity.tone}>
          {validity.text}
        </span>
        <span className={classes.actions}>
          <CopyButton text={pem} label="Copy certificate" />
          <RemoveAuthority authority={authority} />
        </span>
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>Subject</dt>
          <dd>{subject}</dd>
        </div>
        <div>
          <dt>Valid until</dt>
          <dd>{formatMoment(new Date(validTo).toISOString())}</dd>
        </div>
        <div>
          <dt>SHA-1</dt>
          <dd className="mono">{thumbprint}</dd>
        </div>
      </dl>
      {!isVerified && <ProofPanel authority={authority} />}
    </section>
  );
}
