import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryClientApi } from './query-client.ts';

/** Rows that are asked for at once. */
const PAGE_SIZE = 100;

export const vocabularyQuery = queryOptions({
  queryKey: ['query', 'vocabulary'],
  queryFn: () => queryClientApi.vocabulary(),
  staleTime: Number.POSITIVE_INFINITY,
});

export const savedQueriesQuery = queryOptions({
  queryKey: ['query', 'saved'],
  queryFn: () => queryClientApi.saved(),
});

/** The answer of a query, page after page. Asked again only on request: the rows one looks at should stay. */
export const answerQuery = (query: string) =>
  infiniteQueryOptions({
    queryKey: ['query', 'answer', query],
    queryFn: ({ pageParam }) => queryClientApi.run(query, PAGE_SIZE, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ continuation }) => continuation ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
