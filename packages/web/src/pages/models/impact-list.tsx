import type { TemplateImpact, TemplateUse } from '@viaduct/contracts';
import classes from './models.module.css';

const KIND_WORDS: Readonly<Record<TemplateUse['kind'], string>> = {
  device: 'Devices',
  simulatedDevice: 'Simulated',
  deviceGroup: 'Group',
  dashboard: 'Dashboard',
  page: 'Changed page',
  explorerQuery: 'Exploration',
  savedQuery: 'Saved query',
  job: 'Job',
  configuration: 'Configuration',
  enrollment: 'Enrolment',
  rule: 'Rule',
  export: 'Export',
};

/** What a change does: to the model, and to who uses what is changed or gone. */
export function ImpactList({ impact }: { readonly impact: TemplateImpact }) {
  const { added, changed, removed, uses } = impact;
  if (added.length + changed.length + removed.length === 0) return <p>Only names and descriptions change.</p>;
  return (
    <div>
      <Paths title="New" paths={added} />
      <Paths title="Holds something else" paths={changed} />
      <Paths title="Gone" paths={removed} />
      {changed.length + removed.length === 0 ? (
        <p>It only adds: nothing that uses the model changes.</p>
      ) : uses.length === 0 ? (
        <p>Nothing uses what changes.</p>
      ) : (
        <>
          <p>These use what changes, and may show or find something else:</p>
          <UseList uses={uses} />
        </>
      )}
    </div>
  );
}

export function UseList({ uses }: { readonly uses: readonly TemplateUse[] }) {
  return (
    <ul className={classes.paths}>
      {uses.map((use) => (
        <li key={`${use.kind} ${use.id}`}>
          {KIND_WORDS[use.kind]}: <strong>{use.displayName}</strong>
          {use.paths.length > 0 && <span className="mono"> {use.paths.join(', ')}</span>}
        </li>
      ))}
    </ul>
  );
}

function Paths({ title, paths }: { readonly title: string; readonly paths: readonly string[] }) {
  if (paths.length === 0) return null;
  return (
    <p>
      {title}: <span className="mono">{paths.join(', ')}</span>
    </p>
  );
}
