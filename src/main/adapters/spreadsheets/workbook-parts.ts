import { AppError } from '#shared/errors/app-error';
import { builtInMeaning, formatMeaning, type FormatMeaning } from './number-formats.ts';
import type { DateSystem } from './serial-dates.ts';
import { decodeXml, readXml } from './xml-events.ts';
import type { ZipArchive, ZipPart } from './zip-archive.ts';

/** Small parts are read whole; none of an honest workbook comes near this. */
const SMALL_PART_BYTES = 32 * 1024 * 1024;
const MAX_SHEETS = 1_000;

export interface SheetPart {
  readonly name: string;
  readonly hidden: boolean;
  readonly part: ZipPart;
}

/** What the small parts of a workbook say: its sheets, dates and formats, and what it holds that is not read. */
export interface WorkbookParts {
  readonly sheets: readonly SheetPart[];
  readonly dateSystem: DateSystem;
  /** By cell style index (`s`): 0 number, 1 date, 2 time. */
  readonly styles: Uint8Array;
  readonly sharedStrings: ZipPart | null;
  /** Sheets that hold no cells (charts, dialogs, macros). */
  readonly otherSheets: readonly string[];
  readonly hasMacros: boolean;
  readonly hasExternalLinks: boolean;
}

export const STYLE_MEANING = { number: 0, date: 1, time: 2 } as const;

interface Relationship {
  readonly type: string;
  readonly target: string;
  readonly external: boolean;
}

const folderOf = (name: string) => name.slice(0, name.lastIndexOf('/') + 1);

/** Resolves the target of a relationship against the folder of the part it belongs to. */
function resolveTarget(folder: string, target: string): string {
  const segments: string[] = [];
  for (const segment of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

async function readSmall(zip: ZipArchive, name: string, fileName: string): Promise<string | null> {
  const part = zip.find(name);
  return part ? decodeXml(await zip.readAll(part, SMALL_PART_BYTES), fileName) : null;
}

/** Relationships of a part by id; the kind is the last word of the type, the same in both OOXML namespaces. */
async function readRelationships(zip: ZipArchive, partName: string, fileName: string) {
  const folder = folderOf(partName);
  const text = await readSmall(zip, `${folder}_rels/${partName.slice(folder.length)}.rels`, fileName);
  const found = new Map<string, Relationship>();
  if (text === null) return found;
  readXml(text, {
    open(name, attributes) {
      const { Id, Type, Target, TargetMode } = attributes;
      if (name !== 'Relationship' || Id === undefined || Type === undefined || Target === undefined) return;
      const external = TargetMode === 'External';
      found.set(Id, {
        type: Type.slice(Type.lastIndexOf('/') + 1),
        target: external ? Target : resolveTarget(folder, Target),
        external,
      });
    },
  });
  return found;
}

function readStyles(text: string | null): Uint8Array {
  if (text === null) return new Uint8Array(0);
  const custom = new Map<number, FormatMeaning>();
  const styles: number[] = [];
  let inCellFormats = false;
  readXml(text, {
    open(name, attributes) {
      if (name === 'numFmt')
        custom.set(Number(attributes['numFmtId']), formatMeaning(attributes['formatCode'] ?? ''));
      else if (name === 'cellXfs') inCellFormats = true;
      else if (name === 'xf' && inCellFormats) {
        const id = Number(attributes['numFmtId'] ?? 0);
        styles.push(STYLE_MEANING[custom.get(id) ?? builtInMeaning(id)]);
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellFormats = false;
    },
  });
  return Uint8Array.from(styles);
}

const isTrue = (value: string | undefined) => value === '1' || value === 'true' || value === 'on';

/**
 * Reads workbook, relationships and styles. External relationships are never followed.
 * Errors: `reading.workbook_damaged`, `reading.workbook_entities`, `reading.zip_bomb`.
 */
export async function readWorkbookParts(zip: ZipArchive, fileName: string): Promise<WorkbookParts> {
  const root = await readRelationships(zip, '', fileName);
  const main = [...root.values()].find(({ type, external }) => type === 'officeDocument' && !external);
  const workbookName = main?.target ?? 'xl/workbook.xml';
  const text = await readSmall(zip, workbookName, fileName);
  if (text === null) {
    throw new AppError('reading.workbook_damaged', 'input', { fileName, problem: 'it has no workbook part' });
  }
  const relationships = await readRelationships(zip, workbookName, fileName);
  const sheets: SheetPart[] = [];
  const otherSheets: string[] = [];
  let dateSystem: DateSystem = 'excel-1900';
  readXml(text, {
    open(name, attributes) {
      if (name === 'workbookPr' && isTrue(attributes['date1904'])) dateSystem = 'excel-1904';
      if (name !== 'sheet') return;
      const idKey = Object.keys(attributes).find((key) => key.endsWith(':id'));
      const relationship = relationships.get(idKey === undefined ? '' : (attributes[idKey] ?? ''));
      const sheetName = attributes['name'] ?? '';
      const part = relationship && !relationship.external ? zip.find(relationship.target) : null;
      if (!relationship || relationship.type !== 'worksheet') otherSheets.push(sheetName);
      else if (!part) {
        throw new AppError('reading.workbook_damaged', 'input', {
          fileName,
          problem: `the part of sheet “${sheetName}” is missing`,
        });
      } else if (sheets.length < MAX_SHEETS) {
        sheets.push({ name: sheetName, hidden: (attributes['state'] ?? 'visible') !== 'visible', part });
      }
    },
  });
  const target = (type: string) =>
    [...relationships.values()].find((one) => one.type === type && !one.external)?.target;
  const strings = target('sharedStrings');
  return {
    sheets,
    otherSheets,
    dateSystem,
    styles: readStyles(await readSmall(zip, target('styles') ?? '', fileName)),
    sharedStrings: strings === undefined ? null : zip.find(strings),
    hasMacros: zip.parts.some(({ name }) => /(?:^|\/)(?:vbaProject\.bin|macrosheets\/)/i.test(name)),
    hasExternalLinks: zip.parts.some(({ name }) => /(?:^|\/)externalLinks\//i.test(name)),
  };
}
