import type { ErrorDetails, ErrorKind } from './app-error.ts';

/**
 * What a code means to a person. Texts may name details in braces: `{fileName}`.
 * `title` says what happened, `cause` why, `remedy` what to do, `kept` what was not lost.
 */
export interface ErrorEntry {
  readonly kind: ErrorKind;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  readonly kept?: string;
}

/** Declares an area's codes; keys are full codes (`imports.empty_file`). */
export function defineErrors<const T extends Record<string, ErrorEntry>>(entries: T): T {
  return entries;
}

/** An error as the screen, the command line or a log line shows it. */
export interface RenderedError {
  readonly code: string;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  readonly kept: string | null;
}

/** Replaces `{name}` by the detail of that name; a missing detail stays visible as its name in angle quotes. */
export function fillTemplate(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(details, name) ? details[name] : undefined;
    if (value === undefined || value === null) return `‹${name}›`;
    return Array.isArray(value) ? value.join(', ') : String(value);
  });
}
