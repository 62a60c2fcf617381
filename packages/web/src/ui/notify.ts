import { notifications } from '@mantine/notifications';
import { ConsoleRefusal } from '../api/console-client.ts';

const CLOSE = { closeButtonProps: { 'aria-label': 'Close' } };

/** Something went as asked. */
export function notify(message: string): void {
  notifications.show({ ...CLOSE, message, color: 'verdigris' });
}

/** A refusal of something that has no place of its own on the page. */
export function notifyProblem(error: Error): void {
  const message = error instanceof ConsoleRefusal ? error.advice : '';
  notifications.show({ ...CLOSE, color: 'red', title: error.message, message, autoClose: 12_000 });
}
