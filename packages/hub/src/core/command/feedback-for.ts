import type { CommandOutcome, CommandRecord, FeedbackFor, FeedbackRecord, TellsTime } from '../ports.ts';

/** What the back end hears when commands end this way; each command says which ends it wants to hear of. */
export function feedbackFor(hub: TellsTime, outcome: CommandOutcome): FeedbackFor {
  const enqueuedTimeUtc = new Date(hub.clock.now()).toISOString();
  return (command) => (wants(command, outcome) ? recordOf(command, outcome, enqueuedTimeUtc) : undefined);
}

function wants({ ack }: CommandRecord, outcome: CommandOutcome): boolean {
  if (ack === 'full') return true;
  return ack === (outcome === 'Success' ? 'positive' : 'negative');
}

function recordOf(command: CommandRecord, outcome: CommandOutcome, enqueuedTimeUtc: string): FeedbackRecord {
  return {
    originalMessageId: command.system.messageId ?? '',
    description: outcome,
    statusCode: outcome,
    deviceGenerationId: command.generationId,
    deviceId: command.identity.deviceId,
    enqueuedTimeUtc,
  };
}
