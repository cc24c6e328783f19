import type { ReactNode } from 'react';
import './icon.css';

const grid = (...paths: string[]): ReactNode => paths.map((d) => <path key={d} d={d} />);
const ring = <circle cx="8" cy="8" r="6.2" />;
const page = 'M4 1.8h5.5L13 5.3v8.9H4a1 1 0 0 1-1-1V2.8a1 1 0 0 1 1-1z';

/** Line icons on a 16 px grid, stroke 1.5; every shape is drawn for Mauzo. */
const ICONS = {
  dashboard: (
    <>
      <rect x="2" y="2" width="5" height="6" rx="1" />
      <rect x="9" y="2" width="5" height="3.5" rx="1" />
      <rect x="2" y="10.5" width="5" height="3.5" rx="1" />
      <rect x="9" y="8" width="5" height="6" rx="1" />
    </>
  ),
  import: grid('M8 2v7.5M5 6.8L8 9.8l3-3', 'M2.5 10.5v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2'),
  export: grid('M8 10V2M5 4.8L8 1.8l3 3', 'M3 9.5v3a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1v-3'),
  download: grid('M8 2v8M5 7.3l3 3 3-3M2.5 13.5h11'),
  trend: grid('M2 12l4-4 3 2.5L14 5', 'M10.5 5H14v3.5'),
  product: grid('M8 1.8l5.5 3v6.4L8 14.2l-5.5-3V4.8z', 'M2.7 5L8 7.9 13.3 5M8 8v6'),
  branch: grid(
    'M2.5 6.5v7h11v-7',
    'M1.8 5.2L3 2.5h10l1.2 2.7a2 2 0 0 1-4.1.4 2.1 2.1 0 0 1-4.2 0 2 2 0 0 1-4.1-.4z',
    'M6.5 13.5v-4h3v4',
  ),
  shield: grid('M8 1.8l5 1.8v4c0 3.2-2.1 5.5-5 6.6-2.9-1.1-5-3.4-5-6.6v-4z', 'M5.7 8l1.7 1.7 3-3.2'),
  settings: (
    <>
      <path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6" />
      <circle cx="10" cy="4.5" r="2" />
      <circle cx="6" cy="11.5" r="2" />
    </>
  ),
  calendar: (
    <>
      <rect x="2" y="3" width="12" height="11" rx="1.5" />
      <path d="M2 6.5h12M5.2 1.5v3M10.8 1.5v3" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="M10.5 10.5L14 14" />
    </>
  ),
  link: grid(
    'M6.5 9.5l3-3M7 4.5l1.3-1.3a3 3 0 0 1 4.3 4.3L11.3 8.8M9 11.5l-1.3 1.3a3 3 0 0 1-4.3-4.3l1.3-1.3',
  ),
  theme: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9" />
    </>
  ),
  moon: grid('M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z'),
  screen: (
    <>
      <rect x="1.8" y="2.8" width="12.4" height="8.4" rx="1.2" />
      <path d="M5.5 13.8h5" />
    </>
  ),
  'chevron-down': grid('M4 6l4 4 4-4'),
  'chevron-up': grid('M4 10l4-4 4 4'),
  'chevron-right': grid('M6 4l4 4-4 4'),
  'chevron-left': grid('M10 4L6 8l4 4'),
  plus: grid('M8 3v10M3 8h10'),
  close: grid('M4 4l8 8M12 4l-8 8'),
  check: grid('M3 8.5l3.3 3.3L13 5'),
  more: <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" strokeWidth="2.2" />,
  ok: (
    <>
      {ring}
      <path d="M5.3 8.2l1.9 1.9 3.5-3.8" />
    </>
  ),
  info: (
    <>
      {ring}
      <path d="M8 7.3V11M8 5v.1" />
    </>
  ),
  none: (
    <>
      {ring}
      <path d="M5 8h6" />
    </>
  ),
  clock: (
    <>
      {ring}
      <path d="M8 4.5V8l2.3 1.5" />
    </>
  ),
  warning: grid('M8 2.2l6.3 11.3H1.7z', 'M8 6.5v3.2M8 11.6v.1'),
  error: grid('M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3z', 'M6 6l4 4M10 6l-4 4'),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.2" />
      <path d="M10.5 5.5V3.7a1.2 1.2 0 0 0-1.2-1.2H3.7a1.2 1.2 0 0 0-1.2 1.2v5.6a1.2 1.2 0 0 0 1.2 1.2h1.8" />
    </>
  ),
  edit: grid('M3 13l.6-2.8L11 2.8 13.2 5l-7.4 7.4z'),
  pause: grid('M5.5 3.5v9M10.5 3.5v9'),
  retry: grid('M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.8v3h-3'),
  undo: grid('M5.5 3L2.5 6l3 3', 'M2.8 6h6.7a4 4 0 0 1 0 8H6'),
  lock: (
    <>
      <rect x="3" y="7" width="10" height="7" rx="1.2" />
      <path d="M5 7V5a3 3 0 0 1 6 0v2" />
    </>
  ),
  bars: grid('M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5v-6M13.5 13.5v-11'),
  table: (
    <>
      <rect x="2" y="2.8" width="12" height="10.4" rx="1.2" />
      <path d="M2 6.3h12M2 9.8h12M6.5 6.3v6.9" />
    </>
  ),
  file: grid(page, 'M9.3 2v3.5H13M5.5 8h5M5.5 10.5h3.5'),
  sheet: grid(page, 'M9.3 2v3.5H13M5.5 8h5M5.5 10.8h5M8 8v4.5'),
  report: grid(page, 'M9.3 2v3.5H13M6 11.5V9.5M8 11.5V7.8M10 11.5v-1'),
  database: grid(
    'M2.5 4c0-1.2 2.5-2.2 5.5-2.2s5.5 1 5.5 2.2-2.5 2.2-5.5 2.2S2.5 5.2 2.5 4z',
    'M2.5 4v8c0 1.2 2.5 2.2 5.5 2.2s5.5-1 5.5-2.2V4M2.5 8c0 1.2 2.5 2.2 5.5 2.2s5.5-1 5.5-2.2',
  ),
  bucket: (
    <>
      <path d="M2.5 4l1.3 8.8c.1.8 2 1.4 4.2 1.4s4.1-.6 4.2-1.4L13.5 4" />
      <ellipse cx="8" cy="4" rx="5.5" ry="2" />
    </>
  ),
  cluster: grid('M2 4.5h7.5a4 4 0 0 1 0 8H6M2 8h5M4 12.5h.1'),
  key: (
    <>
      <circle cx="5" cy="11" r="3" />
      <path d="M7.2 8.8l6.3-6.3M11 5l2 2" />
    </>
  ),
  plug: grid('M5.5 2v3M10.5 2v3M3.5 5h9v2.5a4.5 4.5 0 0 1-9 0zM8 12v2.5'),
  offline: grid(
    'M2 2l12 12M4.8 8.8A4.6 4.6 0 0 1 7 7.6M10.2 8.2c.4.2.7.4 1 .6M2.6 6.2A8 8 0 0 1 5 4.7M8 4a8 8 0 0 1 5.4 2.2M8 12h.1',
  ),
  trash: grid('M2.8 4.2h10.4M6.2 4V2.5h3.6V4M4 4.2l.7 9.3h6.6l.7-9.3M6.7 7v4M9.3 7v4'),
  history: grid('M2.6 6.2A5.8 5.8 0 1 1 2.3 9M2.3 2.8v3.4h3.4', 'M8 5v3.2l2.2 1.4'),
  person: grid('M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8z', 'M2.8 14c.4-2.6 2.5-4 5.2-4s4.8 1.4 5.2 4'),
  filter: grid('M2 3.5h12M4.5 8h7M6.8 12.5h2.4'),
  folder: grid('M1.8 4.2a1 1 0 0 1 1-1h3.4l1.5 1.7h5.5a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H2.8a1 1 0 0 1-1-1z'),
} as const;

export type IconName = keyof typeof ICONS;

/** Decorative by default: give the control around it its name. `size` in px: 16 controls, 14 chips, 12 dense lines. */
export function Icon({
  name,
  size = 16,
  className,
}: {
  name: IconName;
  size?: 10 | 12 | 14 | 16 | 20 | 24 | undefined;
  className?: string | undefined;
}) {
  return (
    <svg
      className={className ? `ui-icon ${className}` : 'ui-icon'}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      strokeWidth={size <= 12 ? 1.75 : size >= 20 ? 1.25 : 1.5}
      aria-hidden="true"
    >
      {ICONS[name]}
    </svg>
  );
}
