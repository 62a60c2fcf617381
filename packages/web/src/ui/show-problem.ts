import { notifications } from '@mantine/notifications';
import { ConsoleRefusal } from '../api/console-client.ts';

/** For a refusal of something that has no place of its own on the page. */
export function showProblem(error: Error): void {
  notifications.show({
    color: 'red',
    title: error.message,
    message: error instanceof ConsoleRefusal ? error.advice : '',
    autoClose: 12_000,
  });
}
