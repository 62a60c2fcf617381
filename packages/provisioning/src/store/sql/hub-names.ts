/** How a hub is called on disk: that of this server by a dot, for its name is a matter of how the server is started. */
export class HubNames {
  readonly #own: string;

  constructor(ownHubName: string) {
    this.#own = ownHubName;
  }

  stored(name: string): string {
    return name === this.#own ? OWN : name;
  }

  told(stored: string): string {
    return stored === OWN ? this.#own : stored;
  }

  isOwn(stored: string): boolean {
    return stored === OWN;
  }
}

const OWN = '.';
