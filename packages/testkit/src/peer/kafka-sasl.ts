import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

export interface KafkaUser {
  readonly name: string;
  readonly password: string;
}

/** One exchange of SASL, seen from the broker: each answer, and whether the client has proved itself by now. Undefined refuses it. */
export type SaslExchange = (said: Buffer) => { readonly answer: Buffer; readonly done: boolean } | undefined;

export function saslExchange(mechanism: string, user: KafkaUser): SaslExchange {
  return mechanism === 'PLAIN' ? plain(user) : scram(mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512', user);
}

/** RFC 4616: authorization id, NUL, user name, NUL, password. */
function plain({ name, password }: KafkaUser): SaslExchange {
  return (said) => {
    const [, saidName, saidPassword] = said.toString('utf8').split('\0');
    return saidName === name && saidPassword === password ? { answer: Buffer.alloc(0), done: true } : undefined;
  };
}

const ITERATIONS = 4_096;

/** RFC 5802, without channel binding. */
function scram(hash: 'sha256' | 'sha512', { name, password }: KafkaUser): SaslExchange {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, hash === 'sha256' ? 32 : 64, hash);
  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();
  let first = '';
  return (said) => {
    const text = said.toString('utf8');
    if (first === '') {
      const bare = text.replace(/^n,,/, '');
      const nonce = /,r=([^,]+)/.exec(bare)?.[1];
      const answer = `r=${nonce}${randomBytes(12).toString('hex')},s=${salt.toString('base64')},i=${ITERATIONS}`;
      first = `${bare},${answer}`;
      return bare.startsWith(`n=${name},`) ? { answer: Buffer.from(answer), done: false } : undefined;
    }
    const [, withoutProof = '', proof = ''] = /^(.*),p=(.*)$/.exec(text) ?? [];
    const signed = `${first},${withoutProof}`;
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash(hash).update(clientKey).digest(), signed);
    const expected = Buffer.from(signature.map((byte, index) => byte ^ (clientKey[index] ?? 0)));
    const given = Buffer.from(proof, 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return { answer: Buffer.from(`v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`), done: true };
  };
}
