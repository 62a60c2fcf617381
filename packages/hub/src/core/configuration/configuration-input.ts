import { HubError, LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '../ports.ts';

/** What a back end says of a configuration; what is absent stays as it is, or is nothing. */
export interface ConfigurationInput {
  readonly content?: JsonObject;
  readonly schemaVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly targetCondition?: string;
  readonly priority?: number;
  readonly metricQueries?: Readonly<Record<string, string>>;
}

const ID = /^[a-z0-9\-+%_*!']+$/;
/** What labels are written in: ASCII without `$`, quotes, brackets and white space. */
const LABEL = /^[A-Za-z0-9\-:.+%_#*?!(),=@;']*$/;
const SCHEMA_VERSION_CHARACTERS_MAX = 16;

/** @throws HubError argument.invalid */
export function requireConfigurationId(id: string): string {
  if (ID.test(id) && id.length <= LIMITS.CONFIGURATION_ID_CHARACTERS_MAX) return id;
  const shown = JSON.stringify(id.slice(0, LIMITS.CONFIGURATION_ID_CHARACTERS_MAX + 12));
  throw invalid(
    `${shown} is no configuration id: it has 1 to ${LIMITS.CONFIGURATION_ID_CHARACTERS_MAX} characters of a-z 0-9 - + % _ * ! '`,
  );
}

/** What does not depend on other configurations or queries. @throws HubError argument.invalid */
export function requireValidInput({
  labels = {},
  priority = 0,
  schemaVersion = '',
  metricQueries = {},
}: ConfigurationInput): void {
  if (!Number.isInteger(priority) || priority < 0 || priority > LIMITS.CONFIGURATION_PRIORITY_MAX) {
    throw invalid(`priority is a whole number from 0 to ${LIMITS.CONFIGURATION_PRIORITY_MAX}`);
  }
  if (schemaVersion.length > SCHEMA_VERSION_CHARACTERS_MAX) {
    throw invalid(`schemaVersion has at most ${SCHEMA_VERSION_CHARACTERS_MAX} characters`);
  }
  if (Object.keys(labels).length > LIMITS.CONFIGURATION_LABELS_MAX) {
    throw invalid(`a configuration has at most ${LIMITS.CONFIGURATION_LABELS_MAX} labels`);
  }
  for (const [name, value] of Object.entries(labels)) {
    requireLabelText(name, 'the name of a label');
    requireLabelText(value, `the label ${JSON.stringify(name)}`);
    if (name === '') throw invalid('the name of a label is not empty');
  }
  if (Object.keys(metricQueries).length > LIMITS.CONFIGURATION_METRICS_MAX) {
    throw invalid(`a configuration has at most ${LIMITS.CONFIGURATION_METRICS_MAX} custom metrics`);
  }
  for (const name of Object.keys(metricQueries)) {
    if (name === '' || name.length > LIMITS.CONFIGURATION_LABEL_CHARACTERS_MAX) {
      throw invalid(`the name of a metric has 1 to ${LIMITS.CONFIGURATION_LABEL_CHARACTERS_MAX} characters`);
    }
  }
}

function requireLabelText(text: string, what: string): void {
  const max = LIMITS.CONFIGURATION_LABEL_CHARACTERS_MAX;
  if (LABEL.test(text) && text.length <= max) return;
  throw invalid(`${what} has at most ${max} characters of A-Z a-z 0-9 - : . + % _ # * ? ! ( ) , = @ ' and semicolons`);
}

function invalid(why: string): HubError {
  return new HubError('argument.invalid', why);
}
