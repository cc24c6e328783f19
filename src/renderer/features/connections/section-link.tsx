import { Link } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

export const SECTIONS = ['figures', 's3', 'druid', 'postgres', 'keychain'] as const;
export type Section = (typeof SECTIONS)[number];

export const sectionOf = (text: string | undefined): Section | null =>
  SECTIONS.find((section) => section === text) ?? null;

/** A way to one section of the page; the view of the other pages goes along. */
export function SectionLink({
  section,
  ...rest
}: Omit<ComponentPropsWithRef<'a'>, 'href' | 'target'> & { section: Section }) {
  return (
    <Link
      to="/connections/{-$section}"
      params={{ section }}
      search={(search) => search}
      activeOptions={{ exact: true, includeSearch: false }}
      {...rest}
    />
  );
}
