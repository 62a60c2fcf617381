/** `npm run build [-- --force] [-- --no-web]`: the programs and the console, into dist/. */
import { buildIfNeeded } from './lib-build.mjs';
import { installIfNeeded, requireNode } from './lib-install.mjs';

requireNode();
await installIfNeeded();
await buildIfNeeded({ force: process.argv.includes('--force'), web: !process.argv.includes('--no-web') });
console.log('dist/ is up to date.');
