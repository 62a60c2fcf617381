/**
 * What to type where the authority's private key is, to prove possession of it. The key stays there: only `proof.pem` leaves.
 * For OpenSSL 1.1.1 and later; shown by the console and printed by the CLI. Pure.
 */
export function proofCommands(verificationCode: string): readonly string[] {
  return [
    `openssl req -new -newkey rsa:2048 -nodes -keyout proof.key -out proof.csr -subj "/CN=${verificationCode}"`,
    'openssl x509 -req -in proof.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -sha256 -out proof.pem',
  ];
}
