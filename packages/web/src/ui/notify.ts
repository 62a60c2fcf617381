import type { NotificationData } from '@mantine/notifications';
import { ConsoleRefusal } from '../api/request.ts';

const CLOSE = { closeButtonProps: { 'aria-label': 'Close' } };

let isWanted = false;
let wanted: () => void = () => {};

/** Something went as asked. */
export function notify(message: string): void {
  show({ ...CLOSE, message, color: 'verdigris' });
}

/** A refusal of something that has no place of its own on the page. */
export function notifyProblem(error: Error): void {
  const message = error instanceof ConsoleRefusal ? error.advice : '';
  show({ ...CLOSE, color: 'red', title: error.message, message, autoClose: 12_000 });
}

/** The notices' own code is loaded with the first of them: most pages have none. */
function show(notice: NotificationData): void {
  void import('@mantine/notifications').then(({ notifications }) => notifications.show(notice));
  isWanted = true;
  wanted();
}

/** Whether there was a notice yet. */
export function areNoticesWanted(): boolean {
  return isWanted;
}

/** Calls `listener` with the first notice. */
export function onNoticesWanted(listener: () => void): () => void {
  wanted = listener;
  return () => {
    wanted = () => {};
  };
}
