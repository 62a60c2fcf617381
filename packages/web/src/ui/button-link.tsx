import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

interface ButtonAnchorProps
  extends ButtonProps,
    Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps | 'color'> {
  readonly ref?: Ref<HTMLAnchorElement>;
}

function ButtonAnchor({ ref, ...props }: ButtonAnchorProps) {
  return <Button component="a" ref={ref} {...props} />;
}

/** Looks like a button, is a link: it can be opened in a new tab. */
export const ButtonLink = createLink(ButtonAnchor);
