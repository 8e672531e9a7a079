/** An editor that follows the first line of a rule file to its schema: what it says, offers and shows. `▸` is the cursor. */
import { readFile } from 'node:fs/promises';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService } from 'yaml-language-server';
import { SettingsState } from 'yaml-language-server/out/server/src/yamlSettings.js';

const MODELINE = '# yaml-language-server: $schema=../schema/rules.schema.json\n';

const service = getLanguageService({
  schemaRequestService: (uri) => readFile(new URL(uri), 'utf8'),
  workspaceContext: { resolveRelativePath: (path, from) => new URL(path, from).href },
  telemetry: {
    send: () => undefined,
    sendTrack: () => undefined,
    sendError: (name, error) => {
      throw new Error(name, { cause: error });
    },
  },
  yamlSettings: new SettingsState(),
  clientCapabilities: {},
});
service.configure({ validate: true, hover: true, completion: true, hoverSchemaSource: false });

let count = 0;

/** A file beside the built-in ones, so that the first line leads to the shipped schema. */
function open(text: string): TextDocument {
  count += 1;
  const uri = new URL(`../../rules/editor-${count}.yaml`, import.meta.url).href;
  return TextDocument.create(uri, 'yaml', 1, text);
}

function withModeline(text: string): string {
  return text.startsWith(MODELINE) ? text : MODELINE + text;
}

/** What it underlines: `line:column message`, lines counted without the one that names the schema. */
export async function underlined(text: string): Promise<string[]> {
  const own = withModeline(text);
  const found = await service.doValidation(open(own), false);
  return found
    .map(({ range: { start }, message }) => ({ line: start.line, column: start.character + 1, message }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function atCursor(text: string): [TextDocument, ReturnType<TextDocument['positionAt']>] {
  const own = withModeline(text);
  const document = open(own.replace('▸', ''));
  return [document, document.positionAt(own.indexOf('▸'))];
}

/** What it offers: each word with what it says of it. */
export async function offered(text: string): Promise<Map<string, string>> {
  const { items } = await service.doComplete(...atCursor(text), false);
  return new Map(
    items.map(({ label, documentation = '' }) => [
      label,
      typeof documentation === 'string' ? documentation : documentation.value,
    ]),
  );
}

/** What it shows of the word under the cursor. */
export async function shown(text: string): Promise<string> {
  const hover = await service.doHover(...atCursor(text));
  const contents = hover?.contents;
  return contents && typeof contents === 'object' && 'value' in contents ? contents.value.trim() : '';
}
