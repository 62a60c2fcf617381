import { LIMITS } from '@viaduct/contracts';
import {
  abandonFileNotification,
  completeFileNotification,
  lockFileNotification,
  onFileNotification,
} from '../../../core/file/deliver-file-notifications.ts';
import { fileNotificationDocument } from '../../../core/file/file-notification-document.ts';
import type { KeepsUploads, LockedFileNotification, MakesRandomness, TellsTime } from '../../../core/ports.ts';
import { Section } from '../codec/amqp-message.ts';
import type { PayloadWriter } from '../engine/engine.ts';
import { asciiJson } from './feedback-sender.ts';
import { LockedSender } from './locked-sender.ts';

/** Tells one back end of files that devices uploaded, one a message. */
export class FileNotificationSender extends LockedSender<LockedFileNotification, LockedFileNotification> {
  constructor(hub: KeepsUploads & TellsTime & MakesRandomness, onFault: (fault: unknown) => void, onEnded: () => void) {
    const queue = {
      lock: () => lockFileNotification(hub),
      complete: (lockToken: string) => completeFileNotification(hub, lockToken),
      abandon: (lockToken: string) => abandonFileNotification(hub, lockToken),
      onWaiting: (listener: () => void) => onFileNotification(hub, listener),
      now: () => hub.clock.now(),
      lockMs: LIMITS.FILE_NOTIFICATION_LOCK_SECONDS * 1_000,
      payload: FILE_NOTIFICATION_PAYLOAD,
      payloadOf: (notification: LockedFileNotification) => notification,
    };
    super(queue, onFault, onEnded);
  }
}

const CONTENT_TYPE = 'application/vnd.microsoft.iothub.filenotification.json';

const FILE_NOTIFICATION_PAYLOAD: PayloadWriter<LockedFileNotification> = {
  write(writer, notification) {
    writer.descriptor(Section.messageAnnotations);
    const annotations = writer.openMap();
    writer.symbol('iothub-enqueuedtime');
    writer.timestamp(notification.enqueuedTime);
    writer.symbol('iothub-deliverycount');
    writer.ubyte(Math.min(notification.deliveryCount, 255));
    writer.symbol('x-opt-lock-token');
    writer.string(notification.lockToken);
    writer.close(annotations, 6);

    writer.descriptor(Section.properties);
    const properties = writer.openList();
    for (let i = 0; i < 6; i++) writer.null();
    writer.symbol(CONTENT_TYPE);
    writer.symbol('utf-8');
    writer.close(properties, 8);

    const json = Buffer.from(asciiJson(fileNotificationDocument(notification)), 'latin1');
    writer.dataSection(json.length);
    writer.raw(json);
  },
};
