/** `csr rules docs`: the policy as a page, made of the rules. */
import { type Command, Option } from 'commander';
import { pageAsHtml } from '../../export/policy/html.ts';
import { pageAsMarkdown } from '../../export/policy/markdown.ts';
import { policyPage } from '../../export/policy.ts';
import { openRules } from '../open.ts';
import { addDocumentCommand, type OutputOptions, putDocument, withFolder } from './folder.ts';

const FORMATS = { markdown: pageAsMarkdown, html: pageAsHtml } as const;

interface DocsOptions extends OutputOptions {
  readonly format?: keyof typeof FORMATS;
}

const HELP = `
Without --as-of the page holds every rule, with the days on which it does; with it, the policy of that day.
The built-in rules' page is docs/policy.md.
`;

export function addDocs(rules: Command): void {
  addDocumentCommand(rules, 'docs')
    .description('the policy as a page to read, as Markdown or HTML')
    .addOption(
      new Option('--format <format>', 'what it is (default: html for a FILE.html, else markdown)').choices(
        Object.keys(FORMATS),
      ),
    )
    .addHelpText('after', HELP)
    .action(docs);
}

async function docs(dir: string | undefined, options: DocsOptions): Promise<void> {
  const chosen = withFolder(dir, options);
  const ofAnyDate = await openRules(chosen, true);
  const page =
    chosen.asOf === undefined
      ? policyPage(ofAnyDate)
      : policyPage(await openRules(chosen), { date: chosen.asOf, ofAnyDate });
  const format = options.format ?? (/\.html?$/i.test(options.output ?? '') ? 'html' : 'markdown');
  putDocument(FORMATS[format](page), chosen);
}
