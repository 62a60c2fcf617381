interface ValueListProps {
  readonly caption: string;
  readonly rows: readonly { readonly key: string; readonly label: string; readonly text: string }[];
}

/** What a picture of single values shows, for who does not see it. */
export function ValueList({ caption, rows }: ValueListProps) {
  return (
    <dl className="hidden-visually" aria-label={caption}>
      {rows.map(({ key, label, text }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
