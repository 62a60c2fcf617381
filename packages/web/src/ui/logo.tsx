/** The mark: a deck over two arches. Decorative; the name stands beside it. */
export function Logo({ size = 26 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false" fill="currentColor">
      <path d="M2 7h28v4H2zM2 13h28v13h-3v-5a4.5 4.5 0 0 0-9 0v5h-4v-5a4.5 4.5 0 0 0-9 0v5H2z" />
    </svg>
  );
}
