import { writeText } from './large-files.mts';
import { createRandom, createWeightedPick, seedOf } from './random.mts';
import { quoted } from './text-files.mts';

/** One order line; money in ten-thousandths, as exports write up to four decimals. */
export interface OrderRow {
  /** `yyyy-mm-dd` */
  readonly orderDate: string;
  readonly region: string;
  readonly segment: string;
  readonly category: string;
  readonly subCategory: string;
  readonly salesE4: number;
  readonly quantity: number;
  readonly profitE4: number;
  readonly line: string;
}

export const ORDER_HEADER =
  'Row ID,Order ID,Order Date,Ship Date,Ship Mode,Customer ID,Customer Name,Segment,Country,City,State,Postal Code,Region,Product ID,Category,Sub-Category,Product Name,Sales,Quantity,Discount,Profit';

const REGIONS: readonly (readonly [string, number, readonly (readonly [string, string, string])[]])[] = [
  [
    'West',
    0.32,
    [
      ['Los Angeles', 'California', '90036'],
      ['Seattle', 'Washington', '98103'],
      ['Denver', 'Colorado', '80219'],
    ],
  ],
  [
    'East',
    0.28,
    [
      ['New York City', 'New York', '10024'],
      ['Philadelphia', 'Pennsylvania', '19134'],
      ['Lowell', 'Massachusetts', '01852'],
    ],
  ],
  [
    'Central',
    0.23,
    [
      ['Chicago', 'Illinois', '60610'],
      ['Houston', 'Texas', '77041'],
      ['Omaha', 'Nebraska', '68104'],
    ],
  ],
  [
    'South',
    0.17,
    [
      ['Jacksonville', 'Florida', '32216'],
      ['Henderson', 'Kentucky', '42420'],
      ['Concord', 'North Carolina', '28027'],
    ],
  ],
];
// category, sub-category, short code, price in dollars, product names
const PRODUCTS: readonly (readonly [string, string, string, number, readonly string[]])[] = [
  [
    'Furniture',
    'Chairs',
    'FUR-CH',
    240,
    ['Hugo Deluxe Fabric Stacking Chair, Rounded Back', 'Global Task Chair, Black'],
  ],
  [
    'Furniture',
    'Bookcases',
    'FUR-BO',
    260,
    ['Bush Collection Bookcase, 72" High', 'O’Neill Barrister Bookcase, 36"W x 12"D'].map((name) =>
      name.replace('’', "'"),
    ),
  ],
  [
    'Furniture',
    'Tables',
    'FUR-TA',
    640,
    ['Bretford Rectangular Table 60" x 30"', 'Chromcraft Bull-Nose Conference Table, Oval'],
  ],
  [
    'Office Supplies',
    'Storage',
    'OFF-ST',
    85,
    ['Eldon Fold ’N Roll Cart System'.replace('’', "'"), 'Sauder File Drawer, 2 Drawers, 28" Deep'],
  ],
  ['Office Supplies', 'Paper', 'OFF-PA', 18, ['Xerox 1967', 'Southworth Résumé Paper, 8 1/2" x 11"']],
  [
    'Office Supplies',
    'Binders',
    'OFF-BI',
    14,
    ['GBC Binding Covers, 100/Box', 'Avery® Round Ring Binder, 2"'],
  ],
  [
    'Office Supplies',
    'Appliances',
    'OFF-AP',
    120,
    ['Señor Café Brewer, 12-Cup', 'Fellowes Surge Suppressor, 6 Outlets'],
  ],
  ['Technology', 'Phones', 'TEC-PH', 310, ['Cisco IP Phone, 2-Line', 'Plantronics Headset "Voyager", Mono']],
  [
    'Technology',
    'Accessories',
    'TEC-AC',
    75,
    ['Logitech Wireless Keyboard, Black', 'Memorex Micro Travel Drive 16 GB'],
  ],
  [
    'Technology',
    'Copiers',
    'TEC-CO',
    1400,
    ['Canon imageCLASS Copier, Multifunction', 'Hewlett LaserJet 3310, 15" Tray'],
  ],
];
const PEOPLE = [
  'Claire Güte',
  'Darrin Van Huff',
  "Sean O'Donnell",
  'Brosina Hoffman',
  'Andrew Allen',
  'Irene Maddox',
  'Harold Pawlan',
  'Pete Kriz',
  'Zuschuß Donatelli',
  'Ken Black',
  'Sandra Flanagan',
  'Émilie Burns',
];
const MODES: readonly (readonly [string, number, number])[] = [
  ['Standard Class', 0.6, 5],
  ['Second Class', 0.19, 3],
  ['First Class', 0.15, 2],
  ['Same Day', 0.06, 0],
];
const SEGMENTS: readonly (readonly [string, number])[] = [
  ['Consumer', 0.52],
  ['Corporate', 0.3],
  ['Home Office', 0.18],
];
const DISCOUNTS = [0, 0, 0, 0, 0.2, 0.2, 0.1, 0.3, 0.7];

/** Decimal text of ten-thousandths with 1 to 4 decimals as such exports show them: `261.96`, `-383.031`, `14`. */
export function e4Text(value: number): string {
  const absolute = Math.abs(value);
  const digits = `${Math.floor(absolute / 10_000)}.${String(absolute % 10_000).padStart(4, '0')}`;
  return `${value < 0 ? '-' : ''}${digits.replace(/\.?0+$/, '')}`;
}

const usDate = (date: Date) => `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;

/** Rows of an order export of another shape: American dates, quoted commas and inch marks, losses among the profits. */
export function* orderRows({ rows, seed }: { rows: number; seed: number }): Generator<OrderRow> {
  const random = createRandom(seedOf(seed, 'orders'));
  const pickRegion = createWeightedPick(REGIONS.map(([, share]) => share));
  const pickMode = createWeightedPick(MODES.map(([, share]) => share));
  const pickSegment = createWeightedPick(SEGMENTS.map(([, share]) => share));
  // Four years that are over, so that no order lies in the future.
  const start = Date.UTC(2022, 0, 3);
  for (let row = 1; row <= rows; row += 1) {
    const ordered = new Date(start + random.integer(0, 1_455) * 86_400_000);
    const mode = MODES[pickMode(random)] ?? MODES[0];
    const region = REGIONS[pickRegion(random)] ?? REGIONS[0];
    if (!mode || !region) throw new RangeError('no region');
    const shipped = new Date(ordered.getTime() + Math.max(0, mode[2] + random.integer(-1, 1)) * 86_400_000);
    const segment = SEGMENTS[pickSegment(random)]?.[0] ?? 'Consumer';
    const person = random.integer(0, PEOPLE.length - 1);
    const [city, state, postal] = random.pick(region[2]);
    const [category, subCategory, code, price, names] = random.pick(PRODUCTS);
    const quantity = random.integer(1, 9);
    const discount = random.pick(DISCOUNTS);
    const unitE4 = Math.round(price * (0.4 + random.next() * 1.3) * 100) * 100;
    const salesE4 = Math.round(unitE4 * quantity * (1 - discount));
    const margin = 0.28 - discount * 1.1 + random.bell() * 0.05;
    const profitE4 = Math.round(salesE4 * margin);
    const year = ordered.getUTCFullYear();
    const cells = [
      row,
      `CA-${year}-${100_000 + random.integer(0, 69_999)}`,
      usDate(ordered),
      usDate(shipped),
      mode[0],
      `${(PEOPLE[person] ?? '').slice(0, 1)}${String.fromCharCode(65 + person)}-${10_000 + person * 97}`,
      quoted(PEOPLE[person] ?? ''),
      segment,
      'United States',
      city,
      state,
      postal,
      region[0],
      `${code}-1000${random.integer(1000, 4999)}`,
      category,
      subCategory,
      quoted(random.pick(names)),
      e4Text(salesE4),
      quantity,
      discount,
      e4Text(profitE4),
    ];
    yield {
      orderDate: ordered.toISOString().slice(0, 10),
      region: region[0],
      segment,
      category,
      subCategory,
      salesE4,
      quantity,
      profitE4,
      line: cells.join(','),
    };
  }
}

/** Writes the export to `path` in Windows-1252 with CRLF; the same seed gives the same bytes. */
export async function writeOrderExport(path: string, options: { rows: number; seed: number }): Promise<void> {
  function* lines() {
    yield `${ORDER_HEADER}\r\n`;
    for (const row of orderRows(options)) yield `${row.line}\r\n`;
  }
  await writeText(path, lines(), 'latin1');
}
