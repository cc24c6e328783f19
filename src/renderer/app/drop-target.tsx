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
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const move = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (!event.dataTransfer) return;
      offerFiles(readDrop(event.dataTransfer));
      void navigate({ to: '/import', search: (current) => current });
    };
    addEventListener('dragenter', enter);
    addEventListener('dragleave', leave);
    addEventListener('dragover', move);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragenter', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('dragover', move);
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
