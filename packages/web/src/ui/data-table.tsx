import type { ReactNode } from 'react';
import classes from './data-table.module.css';

/** A title, or more of a column; its cells have the same `data-wide` and `data-number`. */
export type Column =
  | string
  | {
      readonly title: string;
      /** Not on a narrow screen. */
      readonly isWide?: true;
      readonly isNumber?: true;
      /** Only screen readers have its title: a column of buttons. */
      readonly isUntitled?: true;
    };

export const ACTIONS: Column = { title: 'Actions', isUntitled: true };

interface DataTableProps {
  readonly columns: readonly Column[];
  /** The id of its title, where the card around it has no name. */
  readonly labelledBy?: string;
  /** The rows; the first cell of each is a `th`, with a link where the row has a page. */
  readonly children: ReactNode;
}

/** The table of a card whose class is `frame` of the style sheet. */
export function DataTable({ columns, labelledBy, children }: DataTableProps) {
  return (
    <table className={classes.table} aria-labelledby={labelledBy}>
      <thead>
        <tr>
          {columns.map((column) => (
            <Head key={typeof column === 'string' ? column : column.title} column={column} />
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function Head({ column }: { readonly column: Column }) {
  if (typeof column === 'string') return <th scope="col">{column}</th>;
  const { title, isWide, isNumber, isUntitled } = column;
  return (
    <th scope="col" data-wide={isWide} data-number={isNumber}>
      {isUntitled === true ? <span className="hidden-visually">{title}</span> : title}
    </th>
  );
}
