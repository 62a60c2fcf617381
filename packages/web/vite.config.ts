import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { themeCss } from './dev/theme-css.ts';

/**
 * Everything is a file of its own: no inlined assets, no inline polyfill, so that the page's policy can say `'self'`
 * and nothing else (public/csp.json).
 */
export default defineConfig({
  base: '/console/',
  plugins: [react(), themeCss()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_200,
  },
});
