import { Button, Loader } from '@mantine/core';
import classes from './data-table.module.css';

interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

/** Under a table that has more rows; nothing where it has not. */
export function LoadMore({ pages }: { readonly pages: Pages }) {
  if (!pages.hasNextPage) return null;
  return (
    <div className={classes.foot}>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => void pages.fetchNextPage()}
        disabled={pages.isFetchingNextPage}
      >
        Load more
      </Button>
      {pages.isFetchingNextPage && <Loader size={16} />}
    </div>
  );
}
