/**
 * What `viaduct serve --ready-file FILE` writes once every listener accepts, and what it keeps in `DATA/server.json` while it runs.
 * A promise to scripts: fields are added, never renamed. Mode 0600, for it holds keys. See docs/operating/ready-file.md.
 */
export interface ReadyFile {
  /** A name or address that clients on this machine reach and whose certificate they can verify. */
  readonly hostName: string;
  /** Policy `iothubowner`. */
  readonly hubConnectionString: string;
  /** With `EntityPath`. */
  readonly eventHubsConnectionString: string;
  /** For the listener without TLS, with `UseDevelopmentEmulator=true`; only with `--amqp-plain-port`. */
  readonly emulatorConnectionString?: string;
  /** How devices find their hub, and how back ends say which may: the provisioning service of this server. */
  readonly provisioning: {
    /** What a device must know besides its credential and the endpoint. */
    readonly idScope: string;
    /** Policy `provisioningserviceowner`. */
    readonly serviceConnectionString: string;
    /** Host name that devices give to the provisioning SDK; the ports are those of the hub. */
    readonly deviceEndpoint: string;
  };
  /** The REST interface of Azure IoT Central. */
  readonly central: {
    /** With `/api`. */
    readonly url: string;
    /** Of an administrator: goes into the Authorization header as it is. Each start makes one; a new key of the folder ends them all. */
    readonly apiToken: string;
  };
  /** PEM file with the root certificate that clients must trust. */
  readonly caFile: string;
  readonly consoleUrl: string;
  /** One-time link; null when an administrator exists. */
  readonly adminLink: string | null;
  readonly ports: {
    readonly mqtt: number;
    readonly amqp: number;
    readonly https: number;
    /** Only with `--amqp-plain-port`. */
    readonly amqpPlain?: number;
  };
  readonly pid: number;
  readonly version: string;
}
