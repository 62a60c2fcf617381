import { Checkbox, Stack } from '@mantine/core';
import { BUILT_IN_ENDPOINT, type RoutingView } from '@viaduct/contracts';
import { ENDPOINT_KINDS } from './endpoint-fields.ts';

interface EndpointChoiceProps {
  readonly view: RoutingView;
  readonly chosen: readonly string[];
  readonly onChosen: (names: readonly string[]) => void;
}

/** To whom: any number of endpoints, the built-in one among them. */
export function EndpointChoice({ view, chosen, onChosen }: EndpointChoiceProps) {
  return (
    <Checkbox.Group label="Endpoints" value={[...chosen]} onChange={onChosen}>
      <Stack gap={8} mt={6}>
        {view.endpoints.map(({ name, kind, address }) => (
          <Checkbox
            key={name}
            value={name}
            label={name}
            description={`${ENDPOINT_KINDS[kind]?.title ?? kind}, ${address}`}
          />
        ))}
        <Checkbox value={BUILT_IN_ENDPOINT} label={BUILT_IN_ENDPOINT} description="Built in, for Event Hubs clients" />
      </Stack>
    </Checkbox.Group>
  );
}
