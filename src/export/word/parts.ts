/** The parts of a .docx that are the same in every document: styles, page, footer, and how they refer to each other. */

const MAIN = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const WORD_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

const INK = '1F2A37';
const QUIET = '5B6673';
const RULE = 'C5CCD6';
const SHADE = 'E8EDF3';
const BAND = 'F6F8FA';

/** Text that XML may hold, as XML. */
export function escapeXml(text: string): string {
  return /[&<>"]/.test(text)
    ? text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
    : text;
}

interface Style {
  readonly id: string;
  readonly xml: string;
}

function paragraphStyle(id: string, name: string, paragraph: string, run: string, next = ''): Style {
  return {
    id,
    xml: `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/><w:basedOn w:val="Normal"/>${
      next && `<w:next w:val="${next}"/>`
    }<w:uiPriority w:val="9"/><w:qFormat/><w:pPr>${paragraph}</w:pPr><w:rPr>${run}</w:rPr></w:style>`,
  };
}

const spacing = (before: number, after: number): string =>
  `<w:spacing w:before="${before}" w:after="${after}" w:line="240" w:lineRule="auto"/>`;
const size = (halfPoints: number): string => `<w:sz w:val="${halfPoints}"/><w:szCs w:val="${halfPoints}"/>`;
const colour = (value: string): string => `<w:color w:val="${value}"/>`;

/** What the sections need, wherever they stand. A template's own style of the same id wins. */
const SECTION_STYLES: readonly Style[] = [
  paragraphStyle(
    'Heading1',
    'heading 1',
    `<w:keepNext/><w:keepLines/>${spacing(360, 40)}<w:outlineLvl w:val="0"/>`,
    `<w:b/><w:bCs/>${colour(INK)}${size(30)}`,
    'Normal',
  ),
  paragraphStyle(
    'Heading2',
    'heading 2',
    `<w:keepNext/><w:keepLines/>${spacing(240, 100)}<w:outlineLvl w:val="1"/>`,
    `<w:b/><w:bCs/>${colour(INK)}${size(22)}`,
    'Normal',
  ),
  paragraphStyle('CsrLine', 'CSR Line', `<w:keepNext/>${spacing(0, 80)}`, `${colour(QUIET)}${size(18)}`),
  // Holds two tables apart: Word would join them.
  paragraphStyle('CsrGap', 'CSR Gap', spacing(0, 0), size(10)),
  // The same between a head and its table, which belong on one page.
  paragraphStyle('CsrJoin', 'CSR Join', `<w:keepNext/>${spacing(0, 0)}`, size(10)),
  paragraphStyle('CsrLabel', 'CSR Label', `<w:keepNext/>${spacing(30, 30)}`, `<w:b/><w:bCs/>${size(18)}`),
  paragraphStyle('CsrValue', 'CSR Value', `<w:keepNext/>${spacing(30, 30)}`, size(18)),
  paragraphStyle('CsrHeader', 'CSR Header', `<w:keepNext/>${spacing(40, 40)}`, `<w:b/><w:bCs/>${size(18)}`),
  paragraphStyle('CsrCell', 'CSR Cell', spacing(30, 30), size(18)),
  paragraphStyle(
    'CsrHeaderSmall',
    'CSR Header Small',
    `<w:keepNext/>${spacing(30, 30)}`,
    `<w:b/><w:bCs/>${size(14)}`,
  ),
  paragraphStyle('CsrCellSmall', 'CSR Cell Small', spacing(20, 20), size(14)),
  paragraphStyle(
    'CsrRunning',
    'CSR Running Number',
    `${spacing(30, 30)}<w:jc w:val="right"/>`,
    `${colour(QUIET)}${size(16)}`,
  ),
  paragraphStyle(
    'CsrRunningSmall',
    'CSR Running Number Small',
    `${spacing(20, 20)}<w:jc w:val="right"/>`,
    `${colour(QUIET)}${size(14)}`,
  ),
  {
    id: 'CsrTable',
    xml:
      '<w:style w:type="table" w:styleId="CsrTable"><w:name w:val="CSR Table"/><w:uiPriority w:val="59"/>' +
      '<w:tblPr><w:tblStyleRowBandSize w:val="1"/><w:tblBorders>' +
      ['top', 'left', 'bottom', 'right', 'insideH', 'insideV']
        .map((side) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="${RULE}"/>`)
        .join('') +
      '</w:tblBorders><w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>' +
      `<w:tblStylePr w:type="band2Horz"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="${BAND}"/></w:tcPr></w:tblStylePr></w:style>`,
  },
];

/** The shading of a header cell or a label. */
export const SHADED = `<w:shd w:val="clear" w:color="auto" w:fill="${SHADE}"/>`;

const FRAME_STYLES: readonly Style[] = [
  paragraphStyle('Title', 'Title', spacing(0, 40), `<w:b/><w:bCs/>${colour(INK)}${size(44)}`, 'Normal'),
  paragraphStyle('Subtitle', 'Subtitle', spacing(0, 120), `${colour(QUIET)}${size(24)}`, 'Normal'),
  paragraphStyle(
    'Footer',
    'footer',
    '<w:tabs><w:tab w:val="right" w:pos="WIDTH"/></w:tabs>',
    `${colour(QUIET)}${size(16)}`,
  ),
];

function stylesPart(textWidth: number): string {
  const fonts = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="Yu Gothic"/>';
  const styles = [...FRAME_STYLES, ...SECTION_STYLES].map((style) => style.xml).join('');
  return (
    `${DECLARATION}<w:styles xmlns:w="${MAIN}"><w:docDefaults><w:rPrDefault><w:rPr>${fonts}${size(20)}` +
    '<w:lang w:val="en-US" w:eastAsia="ja-JP" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>' +
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>' +
    `${styles.replace('WIDTH', String(textWidth))}</w:styles>`
  );
}

/** Adds the styles that the sections need to a template's styles, but for those it has. */
export function withSectionStyles(styles: string): string {
  const missing = SECTION_STYLES.filter((style) => !styles.includes(`w:styleId="${style.id}"`));
  return styles.replace(/<\/w:styles>\s*$/, () => `${missing.map((style) => style.xml).join('')}</w:styles>`);
}

/** Letter paper in twentieths of a point, with 0.75 inch margins. */
const LETTER = { short: 12240, long: 15840, margin: 1080 };

export interface Page {
  readonly landscape: boolean;
  /** Between the margins, in twentieths of a point. */
  readonly textWidth: number;
}

export function page(landscape: boolean): Page {
  return { landscape, textWidth: (landscape ? LETTER.long : LETTER.short) - 2 * LETTER.margin };
}

export interface Frame {
  readonly page: Page;
  readonly title: string;
  /** At the left of every page's foot. */
  readonly footer: string;
}

/** What stands before the document's content in word/document.xml, and what after it. */
export function around(frame: Frame): readonly [before: string, after: string] {
  const [width, height] = frame.page.landscape ? [LETTER.long, LETTER.short] : [LETTER.short, LETTER.long];
  const orient = frame.page.landscape ? ' w:orient="landscape"' : '';
  const { margin } = LETTER;
  return [
    `${DECLARATION}<w:document xmlns:w="${MAIN}" xmlns:r="${OFFICE}"><w:body>`,
    `<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="${width}" w:h="${height}"${orient}/>` +
      `<w:pgMar w:top="${margin}" w:right="${margin}" w:bottom="${margin}" w:left="${margin}" w:header="560" w:footer="560" w:gutter="0"/>` +
      '</w:sectPr></w:body></w:document>',
  ];
}

const field = (name: string): string =>
  `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ${name} </w:instrText></w:r>` +
  '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>';

/** Every part but word/document.xml, by name. */
export function framingParts(frame: Frame): ReadonlyMap<string, string> {
  const relationship = (id: string, base: string, type: string, target: string): string =>
    `<Relationship Id="${id}" Type="${base}/${type}" Target="${target}"/>`;
  const override = (part: string, type: string): string =>
    `<Override PartName="${part}" ContentType="${type}"/>`;
  return new Map([
    [
      '[Content_Types].xml',
      `${DECLARATION}<Types xmlns="${PACKAGE}/content-types">` +
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
        '<Default Extension="xml" ContentType="application/xml"/>' +
        override('/word/document.xml', `${WORD_TYPE}.document.main+xml`) +
        override('/word/styles.xml', `${WORD_TYPE}.styles+xml`) +
        override('/word/settings.xml', `${WORD_TYPE}.settings+xml`) +
        override('/word/footer1.xml', `${WORD_TYPE}.footer+xml`) +
        override('/docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml') +
        '</Types>',
    ],
    [
      '_rels/.rels',
      `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">` +
        relationship('rId1', OFFICE, 'officeDocument', 'word/document.xml') +
        relationship('rId2', `${PACKAGE}/relationships`, 'metadata/core-properties', 'docProps/core.xml') +
        '</Relationships>',
    ],
    [
      'word/_rels/document.xml.rels',
      `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">` +
        relationship('rId1', OFFICE, 'styles', 'styles.xml') +
        relationship('rId2', OFFICE, 'settings', 'settings.xml') +
        relationship('rId3', OFFICE, 'footer', 'footer1.xml') +
        '</Relationships>',
    ],
    ['word/styles.xml', stylesPart(frame.page.textWidth)],
    [
      'word/settings.xml',
      // Without the compatibility mode Word opens the file as one of Word 2003.
      `${DECLARATION}<w:settings xmlns:w="${MAIN}"><w:compat><w:compatSetting w:name="compatibilityMode" ` +
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>',
    ],
    [
      'word/footer1.xml',
      `${DECLARATION}<w:ftr xmlns:w="${MAIN}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>` +
        `<w:r><w:t xml:space="preserve">${escapeXml(frame.footer)}</w:t></w:r><w:r><w:tab/></w:r>` +
        `<w:r><w:t xml:space="preserve">Page </w:t></w:r>${field('PAGE')}<w:r><w:t xml:space="preserve"> of </w:t></w:r>${field('NUMPAGES')}` +
        '</w:p></w:ftr>',
    ],
    [
      // No dates: the same record is the same bytes.
      'docProps/core.xml',
      `${DECLARATION}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
        `<dc:title>${escapeXml(frame.title)}</dc:title></cp:coreProperties>`,
    ],
  ]);
}
