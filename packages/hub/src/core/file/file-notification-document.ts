import type { FileNotification, JsonObject } from '../ports.ts';

/**
 * What back ends read of a notification. Clients parse two shapes of time, and no others: with an offset in figures and no
 * fraction, and with seven digits of fraction and a Z. Pure.
 * Source: com.microsoft.azure.sdk.iot.service, FileUploadNotificationParser.
 */
export function fileNotificationDocument(notification: FileNotification): JsonObject {
  return {
    deviceId: notification.deviceId,
    blobUri: notification.blobUri,
    blobName: notification.blobName,
    lastUpdatedTime: new Date(notification.lastUpdatedTime).toISOString().replace(/\.\d{3}Z$/, '+00:00'),
    blobSizeInBytes: notification.blobSizeInBytes,
    enqueuedTimeUtc: new Date(notification.enqueuedTime).toISOString().replace(/Z$/, '0000Z'),
  };
}
