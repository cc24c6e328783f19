/** A figure with its bar in a table cell. `share` of the largest figure of the column, −1 to 1; bars start at 0. */
export function CellBar({ share, text }: { share: number; text: string }) {
  const width = Math.max(0, Math.min(1, Math.abs(share))) * 100;
  return (
    <span className="ui-cell-bar">
      <i style={{ width: `${width}%` }} className={share < 0 ? 'is-negative' : ''} />
      <span className="medium">{text}</span>
    </span>
  );
}
