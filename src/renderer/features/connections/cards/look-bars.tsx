import { cx } from '../../../ui/class-names.ts';
import { plural } from '../../../ui/format.ts';
import { MOST_LOOKS, type Look } from '../model/services.ts';
import styles from './service-cards.module.css';

const LEAST_PX = 6;
const MOST_PX = 20;

/** The latest looks at a service, the newest at the right: as high as it took, red and full when it failed. */
export function LookBars({ looks }: { looks: readonly Look[] }) {
  const slowest = Math.max(1, ...looks.map(({ latencyMs }) => latencyMs ?? 0));
  const failed = looks.filter(({ ok }) => !ok).length;
  const words = `Of the latest ${plural(looks.length, 'look')}, ${failed === 0 ? 'none' : failed} failed`;
  return (
    <div className={styles.looks} title={words}>
      <span className="sr">{words}</span>
      {Array.from({ length: MOST_LOOKS }, (_, index) => {
        const look = looks[index - (MOST_LOOKS - looks.length)];
        return (
          <i
            key={index}
            className={cx(look && (look.ok ? styles.reached : styles.missed))}
            style={look?.ok ? { height: barPx(look, slowest) } : undefined}
          />
        );
      })}
    </div>
  );
}

const barPx = ({ latencyMs }: Look, slowest: number): number =>
  LEAST_PX + Math.round(((MOST_PX - LEAST_PX) * (latencyMs ?? 0)) / slowest);
