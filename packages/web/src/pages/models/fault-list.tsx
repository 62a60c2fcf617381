import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ConsoleRefusal } from '../../api/request.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import classes from './models.module.css';

/** What is wrong with a model: one line for each element. Anything else is a problem like any other. */
export function FaultList({ error }: { readonly error: unknown }) {
  const isAboutModel = error instanceof ConsoleRefusal && /^(?:model|template)\.invalid$/.test(error.code);
  if (!isAboutModel) return <ProblemAlert error={error} />;
  const faults = error.message.split('\n');
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle />} title="This is no model yet">
      <ul className={classes.faults}>
        {faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </Alert>
  );
}
