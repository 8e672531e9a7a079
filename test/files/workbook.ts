/** Builds XLSX workbooks for the tests, so that what is odd about one stands in the test that needs it. */
import { strToU8, zipSync } from 'fflate';

const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

interface SheetParts {
  readonly name?: string;
  readonly state?: 'hidden' | 'veryHidden';
  /** What stands inside `<sheetData>`. */
  readonly rows: string;
}

interface Parts {
  readonly sheets: readonly SheetParts[];
  /** What stands inside `<sst>`, one `<si>` an item. */
  readonly strings?: readonly string[];
  /** Number formats by style: style 1 has the first, style 0 is General. */
  readonly formats?: readonly (string | number)[];
  readonly from1904?: boolean;
  /** Parts to add, or to put in place of the ones that would be there. */
  readonly extra?: Readonly<Record<string, string | Uint8Array>>;
}

function xml(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${body}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function relations(items: readonly (readonly [type: string, target: string])[]): string {
  const list = items.map(
    ([type, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${RELATIONSHIPS}/${type}" Target="${target}"/>`,
  );
  return xml(
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list.join('')}</Relationships>`,
  );
}

function styles(formats: readonly (string | number)[]): string {
  const codes = formats.map((format, index) =>
    typeof format === 'string' ? `<numFmt numFmtId="${164 + index}" formatCode="${escaped(format)}"/>` : '',
  );
  const xfs = formats.map(
    (format, index) => `<xf numFmtId="${typeof format === 'string' ? 164 + index : format}"/>`,
  );
  return xml(
    `<styleSheet xmlns="${MAIN}"><numFmts>${codes.join('')}</numFmts>` +
      // Lists of the same elements that must not be taken for the cells' formats.
      `<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${xfs.join('')}</cellXfs>` +
      '<dxfs><dxf><numFmt numFmtId="164" formatCode="yyyy"/></dxf></dxfs></styleSheet>',
  );
}

/** The parts of a workbook as texts by path. */
export function workbookParts(parts: Parts): Record<string, string | Uint8Array> {
  const sheets = parts.sheets.map(
    ({ name, state }, index) =>
      `<sheet name="${escaped(name ?? `Sheet${index + 1}`)}" sheetId="${index + 1}" ` +
      `${state ? `state="${state}" ` : ''}r:id="rId${index + 1}"/>`,
  );
  const files: Record<string, string | Uint8Array> = {
    '[Content_Types].xml': xml(
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    ),
    '_rels/.rels': relations([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': xml(
      `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONSHIPS}">` +
        `<workbookPr${parts.from1904 ? ' date1904="1"' : ''}/><sheets>${sheets.join('')}</sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': relations([
      ...parts.sheets.map((_, index) => ['worksheet', `worksheets/sheet${index + 1}.xml`] as const),
      ...(parts.strings ? [['sharedStrings', '/xl/sharedStrings.xml'] as const] : []),
      ...(parts.formats ? [['styles', 'styles.xml'] as const] : []),
    ]),
  };
  for (const [index, { rows }] of parts.sheets.entries())
    files[`xl/worksheets/sheet${index + 1}.xml`] = xml(
      `<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`,
    );
  if (parts.strings)
    files['xl/sharedStrings.xml'] = xml(`<sst xmlns="${MAIN}">${parts.strings.join('')}</sst>`);
  if (parts.formats) files['xl/styles.xml'] = styles(parts.formats);
  return { ...files, ...parts.extra };
}

/** Zips parts as they are. */
export function zipped(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const bytes = Object.entries(files).map(
    ([path, body]) => [path, typeof body === 'string' ? strToU8(body) : body] as const,
  );
  return Buffer.from(zipSync(Object.fromEntries(bytes)));
}

/** A workbook of one sheet, unless more are given. */
export function workbook(
  rows: string,
  parts: Omit<Parts, 'sheets'> & { sheets?: Parts['sheets'] } = {},
): Buffer {
  return zipped(workbookParts({ sheets: [{ rows }], ...parts }));
}

/** A row of cells with texts in place. */
export function textRow(number: number, texts: readonly string[]): string {
  const cells = texts.map(
    (text) => `<c t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`,
  );
  return `<row r="${number}">${cells.join('')}</row>`;
}
