import { IconSparkles } from '@tabler/icons-react';
import { ButtonLink } from '../../../ui/button-link.tsx';
import classes from '../device.module.css';

/** A device that nobody told the platform about shows what it says; with a model it gets names, units and forms. */
export function UnassignedCard({ deviceId }: { readonly deviceId: string }) {
  return (
    <section className={`card ${classes.call}`} aria-label="No model yet">
      <IconSparkles size={20} stroke={1.6} aria-hidden="true" />
      <p>This device has no model. Made from what it sends, one gives it names, units, commands and forms.</p>
      <ButtonLink size="xs" to="/models/new" search={{ device: deviceId }}>
        Create a model from this device
      </ButtonLink>
    </section>
  );
}
