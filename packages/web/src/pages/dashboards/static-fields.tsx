import { Checkbox, FileInput, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { formatBytes } from '../../ui/format.ts';
import { OptionalNumber } from './optional-number.tsx';
import type { FieldsProps } from './tile-fields.ts';

/** What people write themselves: texts, addresses, pictures. */
export function StaticFields(props: FieldsProps) {
  const { configuration, onChange } = props;
  const text = (name: string) => String(configuration[name] ?? '');
  switch (configuration.type) {
    case 'label':
      return (
        <>
          <TextInput
            size="xs"
            label="Text"
            value={text('text')}
            onChange={(event) => onChange({ text: event.currentTarget.value })}
          />
          <OptionalNumber
            label="Size (pt)"
            min={6}
            max={120}
            value={configuration.textSize}
            onChange={(textSize) => onChange({ textSize })}
          />
          <Checkbox
            size="xs"
            label="Wrap"
            checked={configuration.wordWrap !== false}
            onChange={(event) => onChange({ wordWrap: event.currentTarget.checked })}
          />
        </>
      );
    case 'markdown':
      return (
        <>
          <Textarea
            size="xs"
            label="Markdown"
            autosize
            minRows={5}
            maxRows={16}
            classNames={{ input: 'mono' }}
            value={text('description')}
            onChange={(event) => onChange({ description: event.currentTarget.value })}
          />
          <LinkField {...props} />
        </>
      );
    case 'externalContent':
      return (
        <TextInput
          size="xs"
          label="Address"
          description="Shown where this server's policy lists its origin"
          value={text('sourceUrl')}
          onChange={(event) => onChange({ sourceUrl: event.currentTarget.value })}
        />
      );
    case 'image':
      return <ImageFields {...props} />;
    case 'mapTelemetry':
    case 'mapProperty':
      return (
        <OptionalNumber
          label="Zoom"
          min={0}
          max={20}
          value={configuration.zoomLevel}
          onChange={(zoomLevel) => onChange({ zoomLevel })}
        />
      );
    case 'log':
      return (
        <TextInput
          size="xs"
          label="Only what contains"
          value={text('contains')}
          onChange={(event) => onChange({ contains: event.currentTarget.value })}
        />
      );
    case 'comparison':
      return (
        <NativeSelect
          size="xs"
          label="Compare with"
          value={text('compareWith') || 'previousPeriod'}
          data={[
            { value: 'previousPeriod', label: 'the period before' },
            { value: 'previousDay', label: 'the day before' },
            { value: 'previousWeek', label: 'the week before' },
          ]}
          onChange={(event) => onChange({ compareWith: event.currentTarget.value })}
        />
      );
    default:
      return null;
  }
}

function LinkField({ configuration, onChange }: Pick<FieldsProps, 'configuration' | 'onChange'>) {
  return (
    <TextInput
      size="xs"
      label="Leads to"
      placeholder="https://"
      value={String(configuration.href ?? '')}
      onChange={(event) => onChange({ href: event.currentTarget.value })}
    />
  );
}

/** A dashboard is sent whole; larger pictures belong on a server of their own. */
const PICTURE_BYTES_MAX = Math.floor((LIMITS.DASHBOARD_IMAGE_CHARACTERS_MAX - 64) * 0.75);

function ImageFields({ configuration, onChange }: FieldsProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const format = (configuration.format ?? {}) as { readonly fitImage?: boolean; readonly showTitle?: boolean };
  const choose = (file: File | null) => {
    const isTooLarge = (file?.size ?? 0) > PICTURE_BYTES_MAX;
    setProblem(isTooLarge ? `At most ${formatBytes(PICTURE_BYTES_MAX)}` : null);
    if (file === null || isTooLarge) return;
    const reader = new FileReader();
    reader.addEventListener('load', () => onChange({ image: reader.result }));
    reader.readAsDataURL(file);
  };
  return (
    <>
      <FileInput
        size="xs"
        label="Picture"
        placeholder="Choose a file"
        accept="image/png,image/jpeg,image/gif,image/webp"
        error={problem}
        onChange={choose}
      />
      <LinkField configuration={configuration} onChange={onChange} />
      <Checkbox
        size="xs"
        label="Fill the tile"
        checked={format.fitImage ?? true}
        onChange={(event) => onChange({ format: { ...format, fitImage: event.currentTarget.checked } })}
      />
      <Checkbox
        size="xs"
        label="Show the title"
        checked={format.showTitle ?? false}
        onChange={(event) => onChange({ format: { ...format, showTitle: event.currentTarget.checked } })}
      />
    </>
  );
}
