import { useQuery } from '@tanstack/react-query';
import type { EnrollmentView } from '@viaduct/contracts';
import { provisioningQuery } from '../../api/provisioning-client.ts';
import { Age } from '../../ui/age.tsx';
import { TextBlock } from '../../ui/text-block.tsx';
import { allocationWords, returnWords } from './enrollment-words.ts';
import classes from './provisioning.module.css';

/** What becomes of a device that is let in, in words. */
export function EnrollmentFacts({ enrollment }: { readonly enrollment: EnrollmentView }) {
  const { kind, id, settings, createdTime, updatedTime } = enrollment;
  const provisioning = useQuery(provisioningQuery);
  const twin = settings.initialTwin;
  const isTwinEmpty = Object.keys(twin.tags).length + Object.keys(twin.desired).length === 0;
  return (
    <section className="card" aria-labelledby="becomes">
      <h2 className={classes.title} id="becomes">
        What becomes of them
      </h2>
      <dl className={classes.facts}>
        <Fact title="Hub">{allocationWords(settings, provisioning.data?.allocationPolicy)}</Fact>
        {settings.webhookUrl !== null && <Fact title="Webhook">{settings.webhookUrl}</Fact>}
        <Fact title="Coming back">{returnWords(settings)}</Fact>
        {kind === 'individual' && <Fact title="Device id">{settings.deviceId ?? id}</Fact>}
        {settings.isEdge && <Fact title="IoT Edge">Made as an IoT Edge device.</Fact>}
        {settings.credentialPolicy !== null && (
          <Fact title="Issued certificates">{`By the policy ${settings.credentialPolicy}, to devices that ask.`}</Fact>
        )}
        <div>
          <dt>Twin of a new device</dt>
          <dd>
            {isTwinEmpty ? (
              'Empty.'
            ) : (
              <TextBlock
                text={JSON.stringify({ tags: twin.tags, desired: twin.desired }, null, 2)}
                label="Twin of a new device"
              />
            )}
          </dd>
        </div>
        <div>
          <dt>Made, changed</dt>
          <dd>
            <Age at={createdTime} />, <Age at={updatedTime} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}
