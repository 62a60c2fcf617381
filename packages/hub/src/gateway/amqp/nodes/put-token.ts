import { HubError } from '@viaduct/contracts';
import { type AmqpMessage, asText } from '../codec/amqp-message.ts';
import { type NodeAnswer, refusedAnswer } from './request-node.ts';

/**
 * Answers what arrives on `$cbs`: a token in the body, to be judged by `takeToken`.
 *
 * The token's text decides what it is, never `type`: clients send signatures under the type of other tokens. The name is a
 * label; what the token covers, it says itself. Source: AMQP Claims-Based Security 1.0 (draft), §3.
 */
export async function answerPutToken(
  message: AmqpMessage,
  takeToken: (token: string) => Promise<void>,
): Promise<NodeAnswer> {
  try {
    await takeToken(tokenOf(message));
    return { statusCode: 200, statusDescription: 'OK' };
  } catch (thrown) {
    return refusedAnswer(thrown);
  }
}

function tokenOf({ applicationProperties, body }: AmqpMessage): string {
  const operation = asText(applicationProperties.get('operation'));
  if (operation !== 'put-token') {
    throw new HubError('argument.invalid', `"${operation ?? ''}" is not an operation of $cbs; put-token is`);
  }
  const token = body.kind === 'data' ? body.bytes.toString('utf8') : body.kind === 'value' ? asText(body.value) : '';
  if (!token) throw new HubError('credential.missing', 'the body holds no token');
  return token.replace(/^Bearer\s+/i, '');
}
