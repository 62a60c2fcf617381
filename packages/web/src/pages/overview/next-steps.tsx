import {
  IconDeviceDesktopAnalytics,
  IconListSearch,
  IconPlayerPlay,
  IconPlugConnected,
  IconRoute,
  IconTerminal2,
  IconUsersGroup,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import classes from './overview.module.css';

/** What one may want next, in the order most people do. */
export function NextSteps() {
  return (
    <section aria-labelledby="next-steps">
      <h2 id="next-steps" className={classes.heading}>
        Next steps
      </h2>
      <ul className={classes.steps}>
        <li className="card">
          <IconPlugConnected size={20} stroke={1.6} aria-hidden="true" />
          <div>
            <Link to="/devices" search={{ add: true }}>
              Add a device
            </Link>
            <p>Name it, paste a snippet in Node, Python, C or for any MQTT client, and watch it come in.</p>
          </div>
        </li>
        <li className="card">
          <IconPlayerPlay size={20} stroke={1.6} aria-hidden="true" />
          <div>
            <Link to="/devices" search={{ simulate: true }}>
              Simulate 5 devices
            </Link>
            <p>Of any model, with signals that look real: pages, charts and dashboards before there is hardware.</p>
          </div>
        </li>
        <li className="card">
          <IconUsersGroup size={20} stroke={1.6} aria-hidden="true" />
          <div>
            <Link to="/enrollments/new">Let many devices in</Link>
            <p>By a group: devices bring their identity with them, and you see who came and who did not.</p>
          </div>
        </li>
        <li className="card">
          <IconDeviceDesktopAnalytics size={20} stroke={1.6} aria-hidden="true" />
          <div>
            <Link to="/devices">Look at the devices</Link>
            <p>Charts, raw messages, properties, methods and commands of each.</p>
          </div>
        </li>
        <li className="card">
          <IconListSearch size={20} stroke={1.6} aria-hidden="true" />
          <div>
            <Link to="/query">Ask the fleet</Link>
            <p>Find devices by what their twins say, and change all of them together.</p>
          </div>
        </li>
        <li className="card">
          <IconRoute size={20} stroke={1.6} aria-hidden="true" />
          <div>
            <Link to="/routing">Send messages on</Link>
            <p>To a webhook, a broker or files, chosen by what they say.</p>
          </div>
        </li>
        <li className="card">
          <IconTerminal2 size={20} stroke={1.6} aria-hidden="true" />
          <div>
            <span className={classes.stepTitle}>Watch from the command line</span>
            <p>
              <code>npx viaduct monitor</code> tails every message; <code>npx viaduct simulate</code> makes some.
            </p>
          </div>
        </li>
      </ul>
    </section>
  );
}
