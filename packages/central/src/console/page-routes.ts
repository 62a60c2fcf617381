import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { loadWebAssets, type WebAsset, type WebAssets } from './web-assets.ts';

const MISSING_PAGE = `<!doctype html>
<html lang="en">
<title>Viaduct: the console is not built</title>
<h1>The console is not built yet</h1>
<p>The hub is running and devices can connect. To build these pages, run <code>npm run build</code> in the folder of
Viaduct, then reload. <code>npm start</code> does it by itself.</p>
</html>
`;

/** The browser's part under `/console/`: files of the build, and `index.html` for every page address. */
export function pageRoutes(app: FastifyInstance, webDirectory: string, frameOrigins: readonly string[]): void {
  // At the start, for reading and compressing it all would hold up devices later.
  let assets: WebAssets | undefined = loadWebAssets(webDirectory, frameOrigins);
  app.get('/console', (_request, reply) => reply.redirect('/console/', 308));
  app.get<{ Params: { '*': string } }>('/console/*', (request, reply) => {
    // Looked for again while it is missing: the build may finish after the server has started.
    assets ??= loadWebAssets(webDirectory, frameOrigins);
    if (assets === undefined) return reply.code(503).type('text/html; charset=utf-8').send(MISSING_PAGE);
    reply.header('content-security-policy', assets.contentSecurityPolicy);
    const path = request.params['*'];
    const asset = assets.byPath.get(path);
    if (asset === undefined && path.startsWith('assets/')) return reply.callNotFound();
    return sendAsset(request, reply, asset ?? assets.index);
  });
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: WebAsset): FastifyReply {
  reply.headers({
    etag: asset.etag,
    vary: 'accept-encoding',
    'cache-control': asset.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (request.headers['if-none-match']?.includes(asset.etag)) return reply.code(304).send();
  reply.type(asset.contentType);
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (asset.gzipped === null || !takesGzip) return reply.send(asset.body);
  return reply.header('content-encoding', 'gzip').send(asset.gzipped);
}
