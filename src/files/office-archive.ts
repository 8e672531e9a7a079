/** The parts of an Office file: a zip archive of XML from outside, so that everything about it is bounded. */
import { posix } from 'node:path';
import { TextDecoder } from 'node:util';
import { crc32 } from 'node:zlib';
import { SaxesParser } from 'saxes';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { CsrError } from '../engine/problem.ts';
import { inputName } from './read-text.ts';

const MAX_PARTS = 10_000;
/** More than the largest sheet of a dozen columns that Excel can hold. */
const MAX_PART_BYTES = 1_000_000_000;
/** Sheets shrink to a tenth or a thirtieth of their size; a zip bomb to a thousandth. */
const MAX_RATIO = 250;
/** Below this a part does no harm, however much it expands. */
const HARMLESS_BYTES = 20_000_000;

export type Attributes = Readonly<Record<string, string>>;

/** What the reader of a part wants to hear of. Element names come without their prefix. */
export interface PartReader {
  open(element: string, attributes: Attributes): void;
  text?(text: string): void;
  close?(element: string): void;
}

/** A reference from one part to another. */
interface Relation {
  readonly id: string;
  /** The last word of the type's address, which differs between the format's two dialects: `worksheet`. */
  readonly type: string;
  readonly path: string;
}

/** An opened archive: this module knows zip and XML, its callers know what the parts mean. */
export interface OfficeArchive {
  /** Whether a part is there; paths do not tell upper from lower case. */
  has(path: string): boolean;
  /**
   * Streams a part through an XML parser.
   *
   * @param limit how many bytes it may expand to
   * @throws CsrError when it is missing, damaged, no XML, or beyond the limits
   */
  read(path: string, reader: PartReader, limit?: number): Promise<void>;
  /** The parts that a part refers to; `''` stands for the archive itself. */
  relations(part: string): Promise<Relation[]>;
}

/** The error for an archive that is not whole, or not what its format demands. */
export function damaged(name: string, what: string): CsrError {
  return new CsrError({
    code: 'damaged-workbook',
    severity: 'error',
    message: `${inputName(name)} is not a whole Excel workbook: ${what}`,
    help: 'download it again, or open it in Excel and save it again',
  });
}

function unsafe(name: string, what: string): CsrError {
  return new CsrError({
    code: 'unsafe-workbook',
    severity: 'error',
    message: `${inputName(name)} is refused: ${what}`,
    help: 'open it in Excel and save it again, or save it as CSV UTF-8',
  });
}

/** `x:row` and `row` are the same element: producers choose their prefixes freely. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** XML is UTF-8 unless a byte order mark says that it is UTF-16. */
function xmlEncoding(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

async function readEntries(zip: ZipFile, name: string): Promise<Map<string, Entry>> {
  if (zip.entryCount > MAX_PARTS)
    throw unsafe(name, `it has more than ${MAX_PARTS.toLocaleString('en')} parts`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    const path = entry.fileName.toLowerCase();
    if (entries.has(path)) throw unsafe(name, `it has two parts named \`${entry.fileName}\``);
    if (entry.isEncrypted()) throw unsafe(name, `\`${entry.fileName}\` in it is encrypted`);
    entries.set(path, entry);
  }
  return entries;
}

/**
 * Opens an archive that lies in memory; parts are expanded only when they are read, and never as a whole.
 *
 * @param name the file as the user gave it
 * @throws CsrError when it is no whole zip archive, is encrypted, or names a part twice; `read` throws what it finds
 */
export async function openArchive(bytes: Buffer, name: string): Promise<OfficeArchive> {
  const zip = await asDamage(name, () => yauzl.fromBufferPromise(bytes));
  const entries = await asDamage(name, () => readEntries(zip, name));

  async function parse(entry: Entry, path: string, reader: PartReader): Promise<void> {
    const parser = new SaxesParser({ position: false, xmlns: false });
    parser.on('doctype', () => {
      throw unsafe(name, `\`${path}\` declares a document type, which no workbook needs`);
    });
    parser.on('opentag', (tag) => reader.open(localName(tag.name), tag.attributes));
    parser.on('closetag', (tag) => reader.close?.(localName(tag.name)));
    parser.on('text', (text) => reader.text?.(text));
    parser.on('cdata', (text) => reader.text?.(text));

    let decoder: TextDecoder | undefined;
    let checksum = 0;
    const decode = (chunk?: Buffer) => {
      try {
        return decoder?.decode(chunk, { stream: chunk !== undefined }) ?? '';
      } catch {
        throw damaged(name, `\`${path}\` is not valid ${decoder?.encoding.toUpperCase()}`);
      }
    };
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      const bytes: Buffer = chunk;
      checksum = crc32(bytes, checksum);
      decoder ??= new TextDecoder(xmlEncoding(bytes), { fatal: true });
      parser.write(decode(bytes));
    }
    if (checksum !== entry.crc32) throw damaged(name, `\`${path}\` does not match its checksum`);
    parser.write(decode()).close();
  }

  async function read(path: string, reader: PartReader, limit = MAX_PART_BYTES): Promise<void> {
    const entry = entries.get(path.toLowerCase());
    if (!entry) throw damaged(name, `it has no \`${path}\``);
    const { uncompressedSize, compressedSize } = entry;
    if (uncompressedSize > limit) throw unsafe(name, `\`${path}\` is larger than ${limit / 1_000_000} MB`);
    if (uncompressedSize > HARMLESS_BYTES && uncompressedSize > compressedSize * MAX_RATIO)
      throw unsafe(name, `\`${path}\` expands more than ${MAX_RATIO} times`);
    await asDamage(name, () => parse(entry, path, reader));
  }

  async function relations(part: string): Promise<Relation[]> {
    const folder = part.slice(0, part.lastIndexOf('/') + 1);
    const list = `${folder}_rels/${part.slice(folder.length)}.rels`;
    const found: Relation[] = [];
    if (!entries.has(list.toLowerCase())) return found;
    await read(list, {
      open: (element, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) => {
        if (element !== 'Relationship' || mode === 'External') return;
        const path = target.startsWith('/') ? target.slice(1) : posix.join(folder, target);
        found.push({ id, type: type.slice(type.lastIndexOf('/') + 1), path });
      },
    });
    return found;
  }

  return { has: (path) => entries.has(path.toLowerCase()), read, relations };
}

/** Turns what the zip and XML libraries say of bytes they cannot read into our own error; a defect of ours stays one. */
async function asDamage<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const theirs = error instanceof Error && !(error instanceof CsrError) && !(error instanceof TypeError);
    throw theirs ? damaged(name, error.message) : error;
  }
}
