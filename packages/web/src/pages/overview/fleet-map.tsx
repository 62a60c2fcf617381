import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { DeviceMap } from '../../map/device-map.tsx';
import { usePlaces } from '../map/use-places.ts';
import classes from './overview.module.css';

/** Where the devices are, once one of them says so. */
export function FleetMap() {
  const { places } = usePlaces({ kind: 'all' });
  const [selected, setSelected] = useState<string | null>(null);
  if (places.length === 0) return null;
  return (
    <section className={`card ${classes.map}`} aria-labelledby="where">
      <h2 id="where" className={classes.heading}>
        <Link to="/map">Where they are</Link>
      </h2>
      <DeviceMap places={places} selected={selected} onSelect={setSelected} label="Devices on the map" />
    </section>
  );
}
