import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import type { Plugin } from 'vite';
import { theme } from '../src/ui/theme.ts';

const ID = 'virtual:theme.css';

/**
 * Writes the theme's CSS variables into a stylesheet at build time. Mantine would put them into a `<style>` element at
 * run time, which a policy of `style-src 'self'` refuses.
 */
export function themeCss(): Plugin {
  return {
    name: 'viaduct-theme-css',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load(id) {
      if (id !== `\0${ID}`) return undefined;
      const variables = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
      return convertCssVariables(variables, ':root');
    },
  };
}
