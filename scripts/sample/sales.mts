import { createRandom, seedOf } from './random.mts';
import { SEASON, type Branch, type World } from './world.mts';

/** One sale as the generator knows it, before it is written in any file's style. Money in cents of KES. */
export interface SaleRow {
  /** Wall-clock `yyyy-mm-dd hh:mm:ss`. */
  readonly time: string;
  readonly branch: string;
  readonly productLine: string;
  readonly itemGroup: string;
  readonly item: string;
  readonly salesPerson: string;
  readonly account: string;
  readonly customer: string;
  readonly revenueCents: number;
  /** Zero or negative. */
  readonly returnsCents: number;
  readonly unitsSold: number;
  /** Zero or negative. */
  readonly unitsReturned: number;
  readonly costCents: number;
  readonly lines: number;
}

export interface BranchMonth {
  readonly branch: Branch;
  /** `yyyy-mm` */
  readonly month: string;
}

/** How busy a branch is in a month: its size, its growth since January 2024 and the season. */
export function volumeOf({ branch, month }: BranchMonth): number {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const years = year - 2024 + (number - 1) / 12;
  return branch.weight * (1 + branch.growth) ** years * (SEASON[number - 1] ?? 1);
}

/** Splits exactly `rows` over branch-months by their volume (largest remainders first). */
export function rowCounts(cells: readonly BranchMonth[], rows: number): number[] {
  const volumes = cells.map(volumeOf);
  const total = volumes.reduce((sum, volume) => sum + volume, 0);
  const exact = volumes.map((volume) => (rows * volume) / total);
  const counts = exact.map(Math.floor);
  const missing = rows - counts.reduce((sum, count) => sum + count, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, missing)) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

const two = (value: number) => (value < 10 ? `0${value}` : `${value}`);

/** The sales of one branch in one month, by day; the same seed gives the same rows whatever else is generated. */
export function* salesOf(world: World, seed: number, cell: BranchMonth, count: number): Generator<SaleRow> {
  const { branch, month } = cell;
  const random = createRandom(seedOf(seed, 'sales', branch.name, month));
  const [year, monthNumber] = month.split('-').map(Number) as [number, number];
  const days = new Date(Date.UTC(year, monthNumber, 0)).getUTCDate();
  const inflation = 1.055 ** (year - 2024 + (monthNumber - 1) / 12);
  for (let index = 0; index < count; index += 1) {
    let day = 1 + Math.floor(((index + random.next()) / count) * days);
    const weekday = new Date(Date.UTC(year, monthNumber - 1, day)).getUTCDay();
    if (weekday === 0 && random.next() < 0.85) day = day > 1 ? day - 1 : day + 1;
    // Two busy hours, around 10:30 and 15:30, within 08:00 to 17:59.
    const centre = random.next() < 0.55 ? 10.5 : 15.5;
    const seconds = Math.floor(Math.min(17.99, Math.max(8, centre + random.bell() * 1.3)) * 3600);
    const time = `${month}-${two(day)} ${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;

    const item = world.items[world.pickItem(random)];
    const rank = branch.pickCustomer(random);
    const customer = branch.customers[rank];
    if (!item || !customer) throw new RangeError('the world has no goods or customers');
    const bigCustomer = rank < 8;
    const units = Math.max(
      1,
      Math.round(item.usualUnits * (0.3 + random.next() * 1.4) * (bigCustomer ? 1.6 : 1)),
    );
    const discount = bigCustomer ? random.integer(2, 7) / 100 : random.integer(0, 3) / 100;
    const unitCents = Math.round((item.priceCents * inflation) / 500) * 500;
    const revenueCents = Math.round(units * unitCents * (1 - discount));
    const costShare = item.costShare - branch.margin + random.bell() * 0.012;
    const costCents = Math.round(units * unitCents * costShare);
    const returned = random.next() < 0.045 ? random.integer(1, Math.max(1, Math.floor(units / 2))) : 0;
    yield {
      time,
      branch: branch.name,
      productLine: item.productLine,
      itemGroup: item.itemGroup,
      item: item.name,
      salesPerson: random.pick(branch.salesPeople),
      account: customer.account,
      customer: customer.name,
      revenueCents,
      returnsCents: returned === 0 ? 0 : -Math.round((revenueCents * returned) / units),
      unitsSold: units,
      unitsReturned: returned === 0 ? 0 : -returned,
      costCents,
      lines: random.next() < 0.8 ? 1 : random.integer(2, 6),
    };
  }
}

export function* allSales(
  world: World,
  seed: number,
  cells: readonly BranchMonth[],
  rows: number,
): Generator<SaleRow> {
  const counts = rowCounts(cells, rows);
  for (const [index, cell] of cells.entries()) yield* salesOf(world, seed, cell, counts[index] ?? 0);
}
