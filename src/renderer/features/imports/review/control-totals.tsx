import type { Ledger, LedgerLine } from '#shared/domain/job';
import { formatNumber, plural } from '../../../ui/format.ts';
import { Icon } from '../../../ui/icon.tsx';
import { formatDecimal, subtract } from '../model/decimal-text.ts';
import styles from './tables.module.css';

/** What the sender declared against what was read, to the cent. */
export function ControlTotals({ lines }: { lines: readonly LedgerLine[] }) {
  return (
    <Comparison
      caption="Control totals"
      heads={['Control totals', 'Declared', 'Good so far', 'Missing']}
      lines={lines}
    />
  );
}

/** The ledger of a finished import: two independent numbers for each check. Opened when one differs. */
export function LedgerTable({ ledger }: { ledger: Ledger }) {
  const off = ledger.lines.filter((line) => !line.balanced).length;
  return (
    <details className={styles.ledger} open={!ledger.balanced}>
      <summary>
        <Icon name="chevron-right" size={14} />
        <b className="medium">{ledger.balanced ? 'Ledger balanced' : 'The ledger does not balance'}</b>
        <span className="muted">
          {ledger.balanced
            ? `${plural(ledger.lines.length, 'check')}, all agree`
            : `${formatNumber(off)} of ${plural(ledger.lines.length, 'check')} differ`}
        </span>
      </summary>
      <Comparison
        caption="Ledger"
        heads={['Check', 'Expected', 'Found', 'Difference']}
        lines={ledger.lines}
      />
    </details>
  );
}

function Comparison({
  caption,
  heads,
  lines,
}: {
  caption: string;
  heads: readonly [string, string, string, string];
  lines: readonly LedgerLine[];
}) {
  return (
    <div className={styles.box}>
      <table className={styles.table}>
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th key={head} scope="col" className={index === 0 ? undefined : 'num'}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.check}>
              <th scope="row">{line.check}</th>
              <td className="num">{amount(line, line.expected)}</td>
              <td className="num">{amount(line, line.actual)}</td>
              <td className="num">
                {line.balanced ? (
                  <span className="good" title="They agree">
                    <Icon name="ok" size={14} />
                    <span className="sr">they agree</span>
                  </span>
                ) : (
                  <b className="strong">{gap(line)}</b>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Money has cents on both sides as soon as one has them; counts have none. */
const placesOf = (line: LedgerLine) => (/\./.test(line.expected + line.actual) ? 2 : 0);
const amount = (line: LedgerLine, text: string) => formatDecimal(text, { places: placesOf(line) });

function gap(line: LedgerLine): string {
  const missing = subtract(line.expected, line.actual);
  return missing === null ? 'differs' : formatDecimal(missing, { places: placesOf(line) });
}
