import type { NewCommand } from '@viaduct/contracts';

/**
 * A command of the model as a message of the queue: its name is the property `method-name`, and its body is the bare value, or `@` where there
 * is none. Source: Azure IoT Central, "Offline commands".
 */
export function durableCommand(name: string, value: unknown): NewCommand {
  return {
    body: value === null ? '@' : JSON.stringify(value),
    contentType: 'application/json',
    properties: { 'method-name': name },
  };
}
