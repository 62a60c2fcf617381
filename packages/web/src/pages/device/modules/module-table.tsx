import { Link } from '@tanstack/react-router';
import type { ModuleRow } from '@viaduct/contracts';
import { AUTHENTICATION_NAMES } from '../../../credentials/authentication-words.ts';
import { Age } from '../../../ui/age.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { PresenceBadge } from '../../../ui/presence-badge.tsx';
import { DeleteModule } from './delete-module.tsx';
import classes from './modules.module.css';

export function ModuleTable({ modules }: { readonly modules: readonly ModuleRow[] }) {
  return (
    <div className={`card ${classes.frame}`}>
      <table className={classes.table} aria-labelledby="modules">
        <thead>
          <tr>
            <th scope="col">Module</th>
            <th scope="col">State</th>
            <th scope="col" data-column="seen">
              Last activity
            </th>
            <th scope="col" data-column="transport">
              Transport
            </th>
            <th scope="col" data-column="authentication">
              Authentication
            </th>
            <th scope="col">
              <span className="hidden-visually">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {modules.map((module) => (
            <Row key={module.moduleId} module={module} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ module }: { readonly module: ModuleRow }) {
  const { deviceId, moduleId, connected, status, primaryConnectionString } = module;
  return (
    <tr>
      <th scope="row">
        <Link to="/devices/$deviceId/modules/$moduleId" params={{ deviceId, moduleId }} className={classes.module}>
          {moduleId}
        </Link>
      </th>
      <td>
        <PresenceBadge connected={connected} status={status} />
      </td>
      <td data-column="seen">
        <Age at={module.lastSeen} />
      </td>
      <td data-column="transport">{module.transport ?? '–'}</td>
      <td data-column="authentication">{AUTHENTICATION_NAMES[module.authentication]}</td>
      <td>
        <div className={classes.actions}>
          {primaryConnectionString !== null && (
            <span className={classes.copy}>
              <CopyButton text={primaryConnectionString} label="Copy connection string" />
            </span>
          )}
          <DeleteModule identity={{ deviceId, moduleId }} />
        </div>
      </td>
    </tr>
  );
}
