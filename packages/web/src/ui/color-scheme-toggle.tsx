import { ActionIcon, type MantineColorScheme, Tooltip, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun, IconSunMoon } from '@tabler/icons-react';

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const satisfies Record<
  MantineColorScheme,
  MantineColorScheme
>;
const GLYPHS = { auto: IconSunMoon, light: IconSun, dark: IconMoon };
const WORDS = { auto: 'as the system says', light: 'light', dark: 'dark' };

/** Goes round: as the system says, light, dark. */
export function ColorSchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Glyph = GLYPHS[colorScheme];
  const label = `Colours: ${WORDS[colorScheme]}`;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={32}
        aria-label={label}
        onClick={() => setColorScheme(NEXT[colorScheme])}
      >
        <Glyph size={18} stroke={1.6} className="quiet" />
      </ActionIcon>
    </Tooltip>
  );
}
