import type { TextFormat } from '@viaduct/contracts';
import type { CSSProperties } from 'react';

/** Size and wrapping as a tile's format asks. */
export function textStyle({ textSize, wordWrap = true }: TextFormat): CSSProperties {
  return {
    ...(textSize === undefined ? {} : { fontSize: `${textSize}pt`, lineHeight: 1.2 }),
    ...(wordWrap ? {} : { whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }),
  };
}
