import { Link } from '@tanstack/react-router';
import type { ModuleRow } from '@viaduct/contracts';
import { AUTHENTICATION_NAMES } from '../../../credentials/authentication-words.ts';
import { Age } from '../../../ui/age.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import tables from '../../../ui/data-table.module.css';
import { ACTIONS, DataTable } from '../../../ui/data-table.tsx';
import { PresenceBadge } from '../../../ui/presence-badge.tsx';
import { DeleteModule } from './delete-module.tsx';
import classes from './modules.module.css';

export function ModuleTable({ modules }: { readonly modules: readonly ModuleRow[] }) {
  return (
    <div className={`card ${tables.frame}`}>
      <DataTable
        columns={[
          'Module',
          'State',
          { title: 'Last activity', isWide: true },
          { title: 'Transport', isWide: true },
          { title: 'Authentication', isWide: true },
          ACTIONS,
        ]}
        labelledBy="modules"
      >
        {modules.map((module) => (
          <Row key={module.moduleId} module={module} />
        ))}
      </DataTable>
    </div>
  );
}

function Row({ module }: { readonly module: ModuleRow }) {
  const { deviceId, moduleId, connected, status, primaryConnectionString } = module;
  return (
    <tr>
      <th scope="row">
        <Link to="/devices/$deviceId/modules/$moduleId" params={{ deviceId, moduleId }} className={tables.name}>
          {moduleId}
        </Link>
      </th>
      <td>
        <PresenceBadge connected={connected} status={status} />
      </td>
      <td data-wide>
        <Age at={module.lastSeen} />
      </td>
      <td data-wide>{module.transport ?? '–'}</td>
      <td data-wide>{AUTHENTICATION_NAMES[module.authentication]}</td>
      <td data-actions>
        {primaryConnectionString !== null && (
          <span className={classes.copy}>
            <CopyButton text={primaryConnectionString} label="Copy connection string" />
          </span>
        )}
        <DeleteModule identity={{ deviceId, moduleId }} />
      </td>
    </tr>
  );
}
