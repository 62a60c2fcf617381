import { queryOptions, useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Components } from 'react-markdown';
import { Scroll } from '../scroll.tsx';
import type { ConfigurationOf } from '../tile-configuration.ts';
import { Note } from '../tile-state.tsx';
import classes from '../tiles.module.css';
import { textStyle } from './text-style.ts';

const Markdown = lazy(() => import('react-markdown'));

export function LabelTile({
  configuration: { text, textSize = 24, wordWrap = true },
}: {
  readonly configuration: ConfigurationOf<'label'>;
}) {
  return (
    <p className={classes.label} style={{ margin: 0, ...textStyle({ textSize, wordWrap }) }}>
      {text}
    </p>
  );
}

/** A link leaves the dashboard where it is. Pictures of elsewhere are refused by the page's policy, and are links. */
const MARKDOWN: Components = {
  a: ({ href, children }) => (
    <a href={href} rel="noreferrer" target="_blank">
      {children}
    </a>
  ),
  img: ({ src, alt }) =>
    isWebUrl(src) ? (
      <a href={src} rel="noreferrer" target="_blank">
        {alt || src}
      </a>
    ) : (
      alt
    ),
};

/** Written by people in Markdown; HTML in it stays text. */
export function MarkdownTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ConfigurationOf<'markdown'>;
}) {
  const { description, href, image } = configuration;
  const picture = pictureUrl(image);
  return (
    <Scroll label={title} className={classes.markdown}>
      {picture !== null && <img src={picture} alt="" className={classes.picture} />}
      <Suspense>
        <Markdown components={MARKDOWN}>{description}</Markdown>
      </Suspense>
      {isWebUrl(href) && (
        <a href={href} rel="noreferrer" target="_blank">
          {href}
        </a>
      )}
    </Scroll>
  );
}

export function ImageTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ConfigurationOf<'image'>;
}) {
  const { image, href, format = {} } = configuration;
  const url = pictureUrl(image);
  if (url === null) {
    return (
      <Note>
        {image === undefined ? 'Choose a picture.' : `The picture ${image} is not kept here: choose it anew.`}
      </Note>
    );
  }
  const { backgroundColor, fitImage = true, showTitle = false, textColor, textSize = 14 } = format;
  const picture = (
    <figure className={classes.figured} style={{ backgroundColor }}>
      <img src={url} alt={showTitle ? '' : title} className={classes.picture} data-fit={fitImage || undefined} />
      {showTitle && <figcaption style={{ color: textColor, fontSize: textSize }}>{title}</figcaption>}
    </figure>
  );
  return isWebUrl(href) ? (
    <a href={href} rel="noreferrer" target="_blank" className={classes.figured}>
      {picture}
    </a>
  ) : (
    picture
  );
}

/** Another site in a frame, where the page's own policy lets it in. */
export function ExternalContentTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ConfigurationOf<'externalContent'>;
}) {
  const { sourceUrl } = configuration;
  const origins = useQuery(frameOriginsQuery);
  if (!isWebUrl(sourceUrl) || !sourceUrl.startsWith('https:')) {
    return <Note>Only addresses that begin with https: are shown.</Note>;
  }
  if (origins.isPending) return null;
  const { origin } = new URL(sourceUrl);
  if (origins.data?.includes(origin) !== true) {
    return (
      <Note>
        This console shows nothing of {origin}: its content security policy does not list it.{' '}
        <a href={sourceUrl} rel="noreferrer" target="_blank">
          Open it in a tab of its own
        </a>
      </Note>
    );
  }
  return (
    <iframe
      className={classes.frame}
      src={sourceUrl}
      title={title}
      sandbox="allow-scripts allow-forms"
      referrerPolicy="no-referrer"
    />
  );
}

/** The origins that the policy of this very page lets into frames: what it does not list, the browser refuses. */
const frameOriginsQuery = queryOptions({
  queryKey: ['frame-origins'],
  queryFn: async () => {
    const { headers } = await fetch(location.pathname, { method: 'HEAD' });
    return /frame-src ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1]?.split(' ') ?? [];
  },
  staleTime: Number.POSITIVE_INFINITY,
});

function isWebUrl(text: unknown): text is string {
  return typeof text === 'string' && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

const DATA_PICTURE = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/=]+)$/;
const pictures = new Map<string, string>();

/** The page's policy refuses `data:`, so the bytes become an object of the page. Markdown tiles of Central have the base64 alone. */
function pictureUrl(image: string | undefined): string | null {
  if (image === undefined || image === '') return null;
  const known = pictures.get(image);
  if (known !== undefined) return known;
  const [, type, base64] = DATA_PICTURE.exec(image) ?? DATA_PICTURE.exec(`data:image/png;base64,${image}`) ?? [];
  if (type === undefined || base64 === undefined || base64.length < 100) return null;
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  pictures.set(image, url);
  return url;
}
