import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';
import { Popover } from './popover.tsx';
import './trust-badge.css';

/** Where the figures come from, in one pill. The check is green only when everything is complete. */
export function TrustBadge({
  complete,
  facts,
  children,
}: {
  complete: boolean;
  facts: readonly { readonly id: string; readonly text: ReactNode }[];
  /** The popover: who is missing, which rows were rejected. */
  children: ReactNode;
}) {
  return (
    <Popover
      label="Where these figures come from"
      position="bottom-end"
      width={360}
      target={
        <button type="button" className="ui-trust">
          <Icon name={complete ? 'ok' : 'warning'} size={14} className={complete ? 'good' : 'warn-fill'} />
          <span className="sr">{complete ? 'Complete: ' : 'Not complete: '}</span>
          {facts.map((fact) => (
            <span key={fact.id} className="ui-trust-fact">
              {fact.text}
              <span className="sr">, </span>
            </span>
          ))}
        </button>
      }
    >
      {children}
    </Popover>
  );
}
