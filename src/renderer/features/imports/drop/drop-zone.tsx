import { browseFiles } from '../../../data/browse-files.ts';
import { offerFiles } from '../../../data/file-offers.ts';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import styles from './drop-zone.module.css';

/** Opens the dialog of this host and offers what was chosen. */
export function browse(): void {
  void browseFiles().then((offer) => {
    if (offer) offerFiles(offer);
  });
}

/** The line above the queue. The whole window takes drops; this says so and offers the other way. */
export function DropZone() {
  return (
    <div className={styles.line}>
      <Icon name="import" size={20} />
      <p className="grow ellipsis">
        <b>Drop more files here</b> CSV, TSV, XLSX or Parquet, up to 500 MB each
      </p>
      <Button size="s" onClick={browse}>
        Browse
      </Button>
    </div>
  );
}

/** The first visit: nothing has been imported and nothing is running. */
export function FirstDrop({ onSample, sampleBusy }: { onSample: () => void; sampleBusy: boolean }) {
  return (
    <section className={styles.first} aria-labelledby="first-drop">
      <h2 id="first-drop">Drop a sales spreadsheet to begin</h2>
      <p className={styles.lead}>Mauzo checks every row, shows what is wrong, and counts each file once.</p>
      <div className={styles.big}>
        <span className={styles.badge}>
          <Icon name="import" size={24} />
        </span>
        <b>Drop files or a folder here</b>
        <Button variant="primary" onClick={browse}>
          Browse files
        </Button>
        <p>CSV, TSV, XLSX or Parquet. Up to 500 MB each, fifty at a time.</p>
      </div>
      <button type="button" className={styles.sample} onClick={onSample} aria-busy={sampleBusy || undefined}>
        <Icon name="bars" />
        <span className="grow">
          <b>Try sample data</b>
          <small>12 branches, 3 years; can be undone like any import</small>
        </span>
        <Icon name="chevron-right" size={14} />
      </button>
      <ol className={styles.flow}>
        <li>
          <Icon name="shield" size={14} />
          Checked on this computer
        </li>
        <li>
          <Icon name="edit" size={14} />
          You decide what is unclear
        </li>
        <li>
          <Icon name="ok" size={14} />
          You accept, with undo
        </li>
        <li>
          <Icon name="dashboard" size={14} />
          Figures appear
        </li>
      </ol>
    </section>
  );
}
