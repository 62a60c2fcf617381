/** A broker that tests deliver to. */
export interface TestPeer {
  readonly address: string;
  readonly port: number;
  /** 0 when it was started without a certificate. */
  readonly tlsPort: number;
  /** Ends it as a crash would; what it had on disk it still has after `start`. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** PEM: of the server, made for `localhost` and its address. */
export interface PeerCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** The certificate of the server that will listen on this address. */
export type CertifiesPeer = (address: string) => Promise<PeerCertificate>;
