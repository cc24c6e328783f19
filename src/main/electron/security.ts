import { app, type Session, type WebFrameMain } from 'electron';
import { PAGE_ORIGIN } from './page-protocol.ts';

/** No page of ours opens windows, leaves its origin, embeds others or asks for a device: everything is refused. */
export function guardContents(): void {
  app.on('web-contents-created', (_, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    const stay = (event: { preventDefault(): void }, url: string) => {
      if (!isPageUrl(url)) event.preventDefault();
    };
    contents.on('will-navigate', (event, url) => stay(event, url ?? event.url));
    contents.on('will-redirect', (event, url) => stay(event, url ?? event.url));
  });
}

export function guardSession(session: Session): void {
  const copyOnly = (permission: string) => permission === 'clipboard-sanitized-write';
  session.setPermissionRequestHandler((_, permission, decide) => decide(copyOnly(permission)));
  session.setPermissionCheckHandler((_, permission) => copyOnly(permission));
  session.setDevicePermissionHandler(() => false);
  // The page has no business on any network: everything it needs comes from its own scheme.
  session.webRequest.onBeforeRequest((details, decide) => {
    const allowed = isPageUrl(details.url) || /^(devtools|data|blob):/.test(details.url);
    decide({ cancel: !allowed });
  });
}

function isPageUrl(url: string): boolean {
  return url === PAGE_ORIGIN || url.startsWith(`${PAGE_ORIGIN}/`);
}

/** Only the top frame of our own page may speak to the engine. */
export function isTrustedSender(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isPageUrl(frame.url);
}
