import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** Verdigris: what copper on an old bridge turns into. Shade 7 carries white text at 6:1. */
const verdigris: MantineColorsTuple = [
  '#ecf8f6',
  '#d8efeb',
  '#b0ded7',
  '#85ccc2',
  '#57c7b8',
  '#2f9d90',
  '#1a8578',
  '#0e6b62',
  '#0a564f',
  '#06423c',
];

/** Mantine's own red is too light for text on white. */
const red: MantineColorsTuple = [
  '#fef2f1',
  '#fde3e1',
  '#fac5c1',
  '#f5a09a',
  '#ff9d95',
  '#e5544a',
  '#ba281e',
  '#b42318',
  '#971b12',
  '#7c150e',
];

/** Stone greys, a little warm; the dark scheme's surfaces are its last four. */
const dark: MantineColorsTuple = [
  '#d5dad9',
  '#b9c1bf',
  '#96a19f',
  '#75817f',
  '#3c4847',
  '#2c3635',
  '#202928',
  '#151c1b',
  '#0f1514',
  '#0a0f0e',
];

export const theme = createTheme({
  primaryColor: 'verdigris',
  primaryShade: { light: 7, dark: 7 },
  colors: { verdigris, red, dark },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' } } },
  components: {
    // Locking the scroll writes a <style> element, which the content security policy refuses.
    Modal: { defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 120 } } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: false } } },
  },
});
