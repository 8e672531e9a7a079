// The peer of `csr apply`: the same file through csv-parse and csv-stringify, nothing decided.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';

const [, , input, output] = process.argv;
await pipeline(createReadStream(input), parse(), stringify(), createWriteStream(output));
