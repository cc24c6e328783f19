import { createRandom, createWeightedPick, seedOf, type Random } from './random.mts';

/** The distributor of the sample: branches, people, goods and how business goes through the year. */
export interface Branch {
  readonly name: string;
  readonly weight: number;
  /** Growth of the volume in a year: 0.12 is 12 %. */
  readonly growth: number;
  readonly margin: number;
  readonly salesPeople: readonly string[];
  readonly customers: readonly Customer[];
  readonly pickCustomer: (random: Random) => number;
}

export interface Customer {
  readonly name: string;
  readonly account: string;
}

export interface Item {
  readonly productLine: string;
  readonly itemGroup: string;
  readonly name: string;
  readonly priceCents: number;
  readonly costShare: number;
  readonly weight: number;
  readonly usualUnits: number;
}

export interface World {
  readonly branches: readonly Branch[];
  readonly items: readonly Item[];
  readonly pickItem: (random: Random) => number;
}

// name, weight, yearly growth, what its margin differs from the usual
const BRANCHES: readonly (readonly [string, number, number, number])[] = [
  ['Nairobi CBD', 2.6, 0.09, 0.01],
  ['Westlands', 1.7, 0.14, 0.02],
  ['Mombasa', 1.9, 0.07, 0],
  ['Kisumu', 1.2, 0.12, -0.005],
  ['Nakuru', 1.3, 0.16, 0],
  ['Eldoret', 1.1, 0.11, 0.005],
  ['Thika', 0.9, 0.18, -0.01],
  ['Nyeri', 0.7, 0.06, 0],
  ['Machakos', 0.65, 0.1, -0.015],
  ['Meru', 0.6, 0.13, 0.01],
  ['Kakamega', 0.5, 0.03, -0.02],
  ['Malindi', 0.4, -0.04, -0.01],
];

// product line, share of the cost in the price, item group, then items as "name@price in KES@usual quantity"
const GOODS: readonly (readonly [string, number, string, readonly string[]])[] = [
  [
    'Cement and steel',
    0.87,
    'Cement',
    ['Cement 32.5R 50 kg@780@40', 'Cement 42.5N 50 kg@860@30', 'White cement 25 kg@1650@6'],
  ],
  [
    'Cement and steel',
    0.85,
    'Steel bars',
    [
      'Steel bar Y8 12 m@720@25',
      'Steel bar Y10 12 m@1090@20',
      'Steel bar Y12 12 m@1560@18',
      'Binding wire 25 kg@4350@2',
    ],
  ],
  ['Cement and steel', 0.84, 'Mesh', ['BRC mesh A98@15400@2', 'Chain link 6 ft 18 m@4900@3']],
  [
    'Roofing',
    0.82,
    'Iron sheets',
    ['Iron sheet 30G 3 m@1450@20', 'Iron sheet 28G 3 m@1890@16', 'Box profile 28G 3 m@2150@14'],
  ],
  ['Roofing', 0.78, 'Gutters', ['Gutter half round 4 m@1280@6', 'Downpipe 3 in 3 m@890@5']],
  ['Roofing', 0.74, 'Roofing nails', ['Roofing nails 3 in 1 kg@260@8', 'Ridge cap 30G@640@8']],
  [
    'Paint',
    0.73,
    'Emulsion',
    ['Vinyl silk white 20 L@9800@2', 'Vinyl matt cream 20 L@5400@3', 'Undercoat 4 L@1950@4'],
  ],
  [
    'Paint',
    0.72,
    'Gloss',
    ['Gloss paint 4 L@2350@4', 'Gloss paint 1 L@690@6', 'Red oxide primer 4 L@1720@3'],
  ],
  [
    'Paint',
    0.7,
    'Thinners and brushes',
    ['Thinner standard 5 L@1350@3', 'Paint brush 4 in@280@6', 'Roller set 9 in@520@4'],
  ],
  [
    'Plumbing',
    0.77,
    'Pipes',
    ['PPR pipe 20 mm 4 m@430@15', 'PVC pipe 4 in 6 m@1480@8', 'HDPE pipe 25 mm 100 m@6200@2'],
  ],
  [
    'Plumbing',
    0.75,
    'Tanks',
    ['Water tank 1,000 L@8900@1', 'Water tank 5,000 L@38500@1', 'Water tank 10,000 L@84000@1'],
  ],
  [
    'Plumbing',
    0.7,
    'Fittings',
    [
      'Gate valve 1 in@950@4',
      'Kitchen mixer tap@4650@1',
      'Elbow 90° 20 mm@45@30',
      'Toilet suite close coupled@11800@1',
    ],
  ],
  [
    'Electrical',
    0.79,
    'Cables',
    ['Cable 1.5 mm² twin 90 m@6400@2', 'Cable 2.5 mm² twin 90 m@10200@2', 'Cable 6 mm² single 90 m@12900@1'],
  ],
  [
    'Electrical',
    0.72,
    'Lighting',
    ['LED bulb 9 W@180@20', 'LED floodlight 50 W@1850@3', 'Tube fitting 4 ft@780@5'],
  ],
  [
    'Electrical',
    0.71,
    'Switches and sockets',
    ['Socket twin 13 A@360@10', 'Switch 2 gang@240@10', 'Consumer unit 8 way@5600@1'],
  ],
  [
    'Tools',
    0.76,
    'Hand tools',
    [
      'Claw hammer 16 oz@780@3',
      'Spirit level 24 in@1150@2',
      'Tape measure 5 m@420@5',
      'Wheelbarrow heavy duty@5900@1',
    ],
  ],
  [
    'Tools',
    0.8,
    'Power tools',
    ['Angle grinder 4.5 in@7900@1', 'Impact drill 650 W@8600@1', 'Welding machine 200 A@24500@1'],
  ],
  [
    'Tools',
    0.68,
    'Fasteners',
    ['Wood screw 2 in box@350@8', 'Wire nails 4 in 1 kg@210@12', 'Anchor bolt M10@55@30'],
  ],
  [
    'Timber and boards',
    0.81,
    'Boards',
    ['MDF board 18 mm 8×4@3950@5', 'Plywood 12 mm 8×4@3300@5', 'Blockboard 18 mm 8×4@4200@4'],
  ],
  [
    'Timber and boards',
    0.83,
    'Timber',
    ['Cypress 2×4 per foot@62@120', 'Cypress 6×1 per foot@78@90', 'Pine 3×2 per foot@55@100'],
  ],
  [
    'Timber and boards',
    0.75,
    'Doors',
    ['Flush door 32 in@4800@2', 'Panel door mahogany@14500@1', 'Door frame hardwood@5200@1'],
  ],
  [
    'Household',
    0.77,
    'Kitchen',
    ['Gas cooker 2 burner@4900@1', 'Sufuria set 7 pcs@3400@2', 'Thermos flask 3 L@1650@3'],
  ],
  ['Household', 0.74, 'Cleaning', ['Bar soap 800 g@165@24', 'Detergent 5 kg@1150@6', 'Mop and bucket@890@3']],
  ['Household', 0.72, 'Storage', ['Plastic crate 40 L@650@5', 'Jerrycan 20 L@340@12', 'Padlock 50 mm@480@6']],
];

const FIRST = [
  'Wanjiru',
  'Otieno',
  'Achieng',
  'Kamau',
  'Njeri',
  'Mutua',
  'Chebet',
  'Kiprotich',
  'Wambui',
  'Odhiambo',
  'Amina',
  'Hassan',
  'Nekesa',
  'Barasa',
  'Muthoni',
  'Kariuki',
  'Atieno',
  'Jepkosgei',
  'Mwende',
  'Salim',
  'Zawadi',
  'Baraka',
  'Grace',
  'Peter',
  'José',
  'Renée',
];
const LAST = [
  'Mwangi',
  'Ochieng',
  'Kimani',
  'Njoroge',
  'Wafula',
  'Kiptoo',
  'Mutiso',
  'Omondi',
  'Ali',
  'Gathoni',
  'Maina',
  'Cheruiyot',
  'Musyoka',
  'Were',
  'Kibet',
  'Noor',
  'Nyaga',
  'Simiyu',
  'Muriithi',
  'Peña',
  'Onyango',
  'Mbugua',
];
const TRADE = [
  'Hardware',
  'Builders',
  'Contractors',
  'Stores',
  'General Supplies',
  'Construction',
  'Enterprises',
  'Wholesalers',
  'Agrovet',
  'Interiors',
  'Plumbing Works',
  'Electricals',
];
const PLACE = [
  'Jua Kali',
  'Uhuru',
  'Highway',
  'Lakeside',
  'Savannah',
  'Mlima',
  'Pwani',
  'Bonde',
  'Kilele',
  'Umoja',
  'Tumaini',
  'Faida',
  'Imara',
  'Rafiki',
  'Simba',
  'Twiga',
  'Mawingu',
  'Jamii',
  'Café Moto',
  'Señorita',
];
const LEGAL = ['Ltd', 'Ltd', '& Sons', 'Co.', 'Agencies', ''];
const ACCOUNTS: readonly (readonly [string, number])[] = [
  ['Retail', 0.5],
  ['Contractors', 0.22],
  ['Wholesale', 0.18],
  ['Government', 0.06],
  ['Export', 0.04],
];

/** Volume of each calendar month against the year's average: rains slow building, December is strong. */
export const SEASON = [0.9, 0.94, 1.02, 0.86, 0.9, 1, 1.06, 1.1, 1.04, 1.02, 0.93, 1.23];
export const FIRST_MONTH = '2024-01';
export const LAST_MONTH = '2026-10';

export function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  let [year, month] = first.split('-').map(Number) as [number, number];
  for (;;) {
    const text = `${year}-${String(month).padStart(2, '0')}`;
    if (text > last) return months;
    months.push(text);
    month += 1;
    if (month === 13) [year, month] = [year + 1, 1];
  }
}

/** @param customersPerBranch sizes follow Zipf's law: the k-th customer buys 1/k of the first one's volume. */
export function createWorld(seed: number, customersPerBranch = 90): World {
  const items = GOODS.flatMap(([productLine, costShare, itemGroup, texts], group) =>
    texts.map((text, index): Item => {
      const [name = '', price = '', units = ''] = text.split('@');
      return {
        productLine,
        itemGroup,
        name,
        priceCents: Number(price) * 100,
        costShare,
        weight: (1 + ((group * 7) % 5)) / (1 + index * 0.6),
        usualUnits: Number(units),
      };
    }),
  );
  const branches = BRANCHES.map(([name, weight, growth, margin]): Branch => {
    const random = createRandom(seedOf(seed, 'branch', name));
    const salesPeople = uniqueNames(
      4 + Math.round(weight * 2),
      () => `${random.pick(FIRST)} ${random.pick(LAST)}`,
    );
    const pickAccount = createWeightedPick(ACCOUNTS.map(([, share]) => share));
    const customers = uniqueNames(customersPerBranch, () => {
      const legal = random.pick(LEGAL);
      const first = random.next() < 0.55 ? random.pick(PLACE) : random.pick(LAST);
      return [first, random.pick(TRADE), legal].filter(Boolean).join(' ');
    }).map((customer) => ({ name: customer, account: ACCOUNTS[pickAccount(random)]?.[0] ?? 'Retail' }));
    const pickCustomer = createWeightedPick(customers.map((_, index) => 1 / (index + 1)));
    return { name, weight, growth, margin, salesPeople, customers, pickCustomer };
  });
  return { branches, items, pickItem: createWeightedPick(items.map((item) => item.weight)) };
}

function uniqueNames(count: number, make: () => string): string[] {
  const names = new Set<string>();
  for (let tries = 0; names.size < count; tries += 1) {
    const name = make();
    names.add(tries < count * 3 ? name : `${name} ${names.size + 1}`);
  }
  return [...names];
}
