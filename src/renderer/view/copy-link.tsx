import { useEffect, useState } from 'react';
import { useRouter } from '@tanstack/react-router';
import { copyText } from '../ui/clipboard.ts';
import { IconButton } from '../ui/button.tsx';
import { useView } from './use-view.ts';
import { encodeView } from './view-state.ts';

const SHOWN_MS = 2_000;

/** Copies the address of this view with its days written out, so that it shows the same figures later. */
export function CopyLink() {
  const view = useView();
  const router = useRouter();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    const search = encodeView(view.period ? { ...view.state, period: view.period } : view.state);
    const location = router.buildLocation({ to: '.', search });
    void copyText(new URL(`#${location.href}`, window.location.href).href).then(setCopied);
  };
  return (
    <>
      <IconButton
        icon={copied ? 'check' : 'link'}
        label={copied ? 'Link copied' : 'Copy a link to this view'}
        onClick={copy}
      />
      <output className="sr">{copied ? 'Link copied' : ''}</output>
    </>
  );
}
