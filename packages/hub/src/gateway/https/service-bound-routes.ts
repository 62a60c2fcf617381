import type { FastifyInstance } from 'fastify';
import { abandonFeedback, completeFeedback, lockFeedbackBatch } from '../../core/command/deliver-feedback.ts';
import { feedbackDocument } from '../../core/command/feedback-document.ts';
import {
  abandonFileNotification,
  completeFileNotification,
  lockFileNotification,
} from '../../core/file/deliver-file-notifications.ts';
import { fileNotificationDocument } from '../../core/file/file-notification-document.ts';
import type { Hub } from '../../core/hub.ts';
import { isoTime } from '../../core/record/append-happening.ts';
import { lockTokenIn } from './lock-token-in.ts';
import { authorize, setEtag } from './read-request.ts';

/** A queue of things that back ends take under a lock, the same that receivers over AMQP take from. */
interface LockedQueue {
  readonly word: string;
  lock(): Promise<LockedItem | undefined>;
  complete(lockToken: string): Promise<void>;
  abandon(lockToken: string): Promise<void>;
}

interface LockedItem {
  readonly lockToken: string;
  readonly enqueuedTime: number;
  readonly deliveryCount: number;
  readonly document: unknown;
}

/**
 * What back ends are told, for those that fetch it. All ask for ServiceConnect.
 *
 *     GET    /messages/serviceBound/{queue}                 the oldest that waits, locked, its lock in ETag; 204 when none does
 *     DELETE /messages/serviceBound/{queue}/{lock}          taken
 *     POST   /messages/serviceBound/{queue}/{lock}/abandon  not now
 *
 * Queues: `feedback`, batches of what became of commands, and `filenotifications`, one file each.
 */
export function serviceBoundRoutes(app: FastifyInstance, hub: Hub): void {
  for (const queue of queuesOf(hub)) {
    const path = `/messages/servicebound/${queue.word}`;
    app.get(path, async (request, reply) => {
      await authorize(hub, request, 'ServiceConnect');
      const item = await queue.lock();
      if (item === undefined) return reply.code(204).send();
      setEtag(reply, item.lockToken);
      reply.header('iothub-enqueuedtime', isoTime(item.enqueuedTime));
      reply.header('iothub-deliverycount', item.deliveryCount);
      return item.document;
    });
    app.delete(`${path}/:lockToken`, async (request, reply) => {
      await authorize(hub, request, 'ServiceConnect');
      await queue.complete(lockTokenIn(request));
      return reply.code(204).send();
    });
    app.post(`${path}/:lockToken/abandon`, async (request, reply) => {
      await authorize(hub, request, 'ServiceConnect');
      await queue.abandon(lockTokenIn(request));
      return reply.code(204).send();
    });
  }
}

function queuesOf(hub: Hub): readonly LockedQueue[] {
  return [
    {
      word: 'feedback',
      lock: async () => {
        const batch = await lockFeedbackBatch(hub);
        return batch && { ...batch, document: feedbackDocument(batch) };
      },
      complete: (lockToken) => completeFeedback(hub, lockToken),
      abandon: (lockToken) => abandonFeedback(hub, lockToken),
    },
    {
      word: 'filenotifications',
      lock: async () => {
        const notification = await lockFileNotification(hub);
        return notification && { ...notification, document: fileNotificationDocument(notification) };
      },
      complete: (lockToken) => completeFileNotification(hub, lockToken),
      abandon: (lockToken) => abandonFileNotification(hub, lockToken),
    },
  ];
}
