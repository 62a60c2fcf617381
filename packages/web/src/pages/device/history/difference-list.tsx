import { IconMinus, IconPencil, IconPlus } from '@tabler/icons-react';
import { formatValue } from '../../../ui/format.ts';
import { LongText } from '../../../ui/long-text.tsx';
import type { Difference } from './diff-documents.ts';
import classes from './history.module.css';

const GLYPHS = { added: IconPlus, removed: IconMinus, changed: IconPencil };
const WORDS = { added: 'Added', removed: 'Removed', changed: 'Changed' };

/** What is different, by sign and word, with what it was and what it became. */
export function DifferenceList({ differences }: { readonly differences: readonly Difference[] }) {
  if (differences.length === 0) return <p className={classes.facts}>Nothing is different between the two.</p>;
  return (
    <ul className={classes.differences} aria-label="Differences">
      {differences.map(({ path, kind, before, after }) => {
        const Glyph = GLYPHS[kind];
        return (
          <li key={path.join('.')} data-kind={kind}>
            <Glyph size={16} aria-hidden="true" />
            <div>
              <span className="hidden-visually">{WORDS[kind]}: </span>
              <span className={`mono ${classes.path}`}>{path.join('.')}</span>
              {before !== undefined && (
                <del>
                  <LongText text={formatValue(before)} />
                </del>
              )}
              {after !== undefined && (
                <ins>
                  <LongText text={formatValue(after)} />
                </ins>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
