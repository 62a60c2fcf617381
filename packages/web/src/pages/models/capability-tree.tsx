import type { ModelCommand, ModelField, ModelSummary } from '@viaduct/contracts';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import classes from './models.module.css';
import { fieldWords } from './schema-words.ts';

interface Row {
  readonly kind: string;
  readonly name: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly component: string | null;
  readonly what: string;
}

/** What a model has: the device itself, then each of its components. */
export function CapabilityTree({ summary }: { readonly summary: ModelSummary }) {
  const rows = rowsOf(summary);
  const { components = [] } = summary;
  return (
    <>
      <Part title="Device" rows={rows.filter(({ component }) => component === null)} />
      {components.map(({ name, displayName, modelId }) => (
        <Part
          key={name}
          title={displayName}
          {...(modelId === null ? {} : { modelId })}
          rows={rows.filter(({ component }) => component === name)}
        />
      ))}
    </>
  );
}

function Part({
  title,
  modelId,
  rows,
}: {
  readonly title: string;
  readonly modelId?: string;
  readonly rows: readonly Row[];
}) {
  return (
    <section className={`card ${tables.frame}`} aria-label={title}>
      <h2 className={classes.heading}>
        {title} {modelId !== undefined && <span className={`${classes.quiet} mono`}>{modelId}</span>}
      </h2>
      {rows.length === 0 ? (
        <p className={classes.heading}>Nothing of its own.</p>
      ) : (
        <DataTable columns={['Capability', 'Kind', 'Holds']}>
          {rows.map((row) => (
            <tr key={`${row.kind} ${row.name}`}>
              <th scope="row">
                <strong>{row.displayName}</strong> <span className={`${classes.quiet} mono`}>{row.name}</span>
                {row.description !== null && <div className={classes.quiet}>{row.description}</div>}
              </th>
              <td>{row.kind}</td>
              <td>{row.what}</td>
            </tr>
          ))}
        </DataTable>
      )}
    </section>
  );
}

function rowsOf({ telemetry, properties, commands, cloudProperties = [] }: ModelSummary): readonly Row[] {
  return [
    ...telemetry.map((field) => rowOf('Telemetry', field)),
    ...properties.map((field) => rowOf(field.writable ? 'Property, writable' : 'Property', field)),
    ...cloudProperties.map((field) => rowOf('Cloud property', field)),
    ...commands.map(commandRow),
  ];
}

function rowOf(kind: string, field: ModelField): Row {
  const { name, displayName, description, component } = field;
  return { kind, name, displayName, description, component, what: fieldWords(field) };
}

function commandRow({ name, displayName, description, component, request, response, isQueued }: ModelCommand): Row {
  const takes = request === null ? 'takes nothing' : `takes ${fieldWords(request)}`;
  const gives = response === null ? '' : `, gives ${fieldWords(response)}`;
  const kind = isQueued === true ? 'Command, queued' : 'Command';
  return { kind, name, displayName, description, component, what: takes + gives };
}
