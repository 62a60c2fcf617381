/**
 * What each client needs to trust the root. Sources: the SDKs' documentation, and what they were seen to read:
 * the Node service SDKs have no option of their own, the C SDK's TLS reads OpenSSL's default paths.
 */
export function trustLines(caFile: string): Readonly<Record<string, string>> {
  return {
    'Node device SDK': `client.setOptions({ ca: '${caFile}' })`,
    'Node service SDKs': `export NODE_EXTRA_CA_CERTS=${caFile}`,
    'Python device SDK': `server_verification_cert=open('${caFile}').read()`,
    'Python service SDKs': `export SSL_CERT_FILE=${caFile} REQUESTS_CA_BUNDLE=${caFile}`,
    'Python eventhub': `connection_verify='${caFile}'`,
    'C device SDK': `IoTHubDeviceClient_SetOption(client, OPTION_TRUSTED_CERT, pem)`,
    'az iot': `export REQUESTS_CA_BUNDLE=${caFile} SSL_CERT_FILE=${caFile}`,
    'curl, mosquitto_pub': `--cacert ${caFile} / --cafile ${caFile}`,
  };
}
