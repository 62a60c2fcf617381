import { HubError, type JsonObject, type ModelField } from '@viaduct/contracts';
import type { Template } from '../../template/template-book.ts';
import type { NewDevice } from '../device-directory.ts';

/** Columns that mean something of their own; every other is a cloud property. Source: IoT Central's CSV, and ours behind them. */
export const COLUMN = {
  deviceId: 'IOTC_DEVICEID',
  displayName: 'IOTC_DEVICENAME',
  primaryKey: 'IOTC_SASKEY_PRIMARY',
  secondaryKey: 'IOTC_SASKEY_SECONDARY',
  primaryThumbprint: 'IOTC_X509THUMBPRINT_PRIMARY',
  secondaryThumbprint: 'IOTC_X509THUMBPRINT_SECONDARY',
  organization: 'IOTC_ORGANIZATION',
  template: 'IOTC_TEMPLATE',
} as const;

/** What whoever imports says of all lines; a line's own words count more. */
export interface ImportDefaults {
  readonly templateId: string | null;
  readonly organization: string | null;
  readonly approved: boolean;
}

export type CsvLine = Readonly<Record<string, string>>;

/** What a line wants. @throws HubError argument.invalid, template.notFound */
export function deviceOfLine(
  line: CsvLine,
  defaults: ImportDefaults,
  getTemplate: (templateId: string) => Template,
): { readonly deviceId: string; readonly device: NewDevice } {
  const text = (column: string) => line[column]?.trim() || undefined;
  const deviceId = text(COLUMN.deviceId);
  if (deviceId === undefined) throw new HubError('argument.invalid', `the line has no ${COLUMN.deviceId}`);
  const templateId = text(COLUMN.template) ?? defaults.templateId;
  const organization = text(COLUMN.organization) ?? defaults.organization;
  const displayName = text(COLUMN.displayName);
  const fields = templateId === null ? undefined : (getTemplate(templateId).summary.cloudProperties ?? []);
  const authentication = authenticationOf(text);
  return {
    deviceId,
    device: {
      templateId,
      organizations: organization === null ? [] : [organization],
      approved: defaults.approved,
      cloudProperties: cloudPropertiesOf(line, fields),
      ...(displayName === undefined ? {} : { displayName }),
      ...(authentication === undefined ? {} : { authentication }),
    },
  };
}

function authenticationOf(text: (column: string) => string | undefined): NewDevice['authentication'] {
  const [primaryKey, secondaryKey] = [text(COLUMN.primaryKey), text(COLUMN.secondaryKey)];
  const [primaryThumbprint, secondaryThumbprint] = [text(COLUMN.primaryThumbprint), text(COLUMN.secondaryThumbprint)];
  const hasThumbprint = primaryThumbprint !== undefined || secondaryThumbprint !== undefined;
  const hasKey = primaryKey !== undefined || secondaryKey !== undefined;
  if (hasThumbprint && hasKey) throw new HubError('argument.invalid', 'a device has keys or thumbprints, not both');
  if (hasThumbprint) {
    const x509Thumbprint = {
      primaryThumbprint: primaryThumbprint ?? null,
      secondaryThumbprint: secondaryThumbprint ?? null,
    };
    return { type: 'selfSigned', x509Thumbprint };
  }
  if (!hasKey) return undefined;
  return { type: 'sas', symmetricKey: { primaryKey: primaryKey ?? null, secondaryKey: secondaryKey ?? null } };
}

const OWN_COLUMNS: ReadonlySet<string> = new Set(Object.values(COLUMN));

function cloudPropertiesOf(line: CsvLine, fields: readonly ModelField[] | undefined): JsonObject {
  const cells = Object.entries(line).filter(
    ([column, cell]) => !OWN_COLUMNS.has(column) && column !== '' && cell !== '',
  );
  return Object.fromEntries(
    cells.map(([name, cell]) => [
      name,
      cellValue(
        cell,
        fields?.find((field) => field.name === name),
      ),
    ]),
  );
}

/** A cell is text. What the template says it is, or else what it looks like. */
function cellValue(cell: string, field: ModelField | undefined): unknown {
  switch (field?.schema.kind) {
    case undefined:
      return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(cell) || cell === 'true' || cell === 'false'
        ? JSON.parse(cell)
        : cell;
    case 'number':
    case 'integer':
      return cell.trim() === '' || Number.isNaN(Number(cell)) ? cell : Number(cell);
    case 'boolean':
      return cell.toLowerCase() === 'true' ? true : cell.toLowerCase() === 'false' ? false : cell;
    case 'enum':
      return field?.schema.kind === 'enum'
        ? (field.schema.values.find(({ value, name }) => String(value) === cell || name === cell)?.value ?? cell)
        : cell;
    case 'object':
    case 'array':
    case 'map':
      return parsed(cell);
    default:
      return cell;
  }
}

/** JSON in a cell; what is none is refused as what it is, by the template. */
function parsed(cell: string): unknown {
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}
