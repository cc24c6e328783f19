import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { offerFiles, readDrop } from '../data/file-offers.ts';
import { Icon } from '../ui/icon.tsx';
import './drop-target.css';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** The whole window takes files; without it a dropped file would replace the app. */
export function DropTarget() {
  const [over, setOver] = useState(false);
  const navigate = useNavigate();
  useEffect(() => {
    // Cancelled both when the pointer comes to an element and while it is over it: a page that is drawn anew below a
    // resting pointer makes it come again, and a drop right after that counts only where the coming was cancelled.
    const accept = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      // Between two elements of the window there is one that it goes to.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (!event.dataTransfer) return;
      offerFiles(readDrop(event.dataTransfer));
      void navigate({ to: '/import', search: (current) => current });
    };
    addEventListener('dragenter', accept);
    addEventListener('dragover', accept);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragenter', accept);
      removeEventListener('dragover', accept);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [navigate]);
  if (!over) return null;
  return (
    <div className="app-drop">
      <div>
        <Icon name="import" size={24} />
        <b>Drop to import</b>
        <p>Nothing counts until every row is checked.</p>
      </div>
    </div>
  );
}
