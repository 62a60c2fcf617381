import {
  DASHBOARD_FILE_SCHEMA,
  type Dashboard,
  type DashboardContent,
  type DashboardFile,
  HubError,
} from '@viaduct/contracts';

/** A dashboard as a file that another server understands. Pure. */
export function dashboardFile({ displayName, tiles, extension }: Dashboard): DashboardFile {
  return {
    $schema: DASHBOARD_FILE_SCHEMA,
    displayName,
    tiles: tiles.map(({ id: _id, ...tile }) => tile),
    ...(extension === undefined ? {} : { extension }),
  };
}

/** @throws HubError central.bodyInvalid */
export function contentOfFile({ $schema, ...content }: DashboardFile): DashboardContent {
  if ($schema === DASHBOARD_FILE_SCHEMA) return content;
  throw new HubError(
    'central.bodyInvalid',
    `the file is not a dashboard of this version: its $schema is not ${DASHBOARD_FILE_SCHEMA}`,
  );
}
