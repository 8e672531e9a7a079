/** Questions on standard input and output, a line each; an option that answers one keeps it from being asked. */
import { createInterface, type Interface } from 'node:readline';
import { CsrError, type Problem, showProblem } from '../../engine/problem.ts';
import { visible } from '../../tui/marks.ts';

export interface Question {
  /** The option that answers it, without its dashes; blank where it only asks on from another. */
  readonly option: string;
  readonly asks: string;
  /** Lines below the question: what can be answered. */
  readonly choices?: string;
  /** Names to choose from. */
  readonly offers?: readonly string[];
  /** What an empty line stands for. */
  readonly suggests?: string | null;
  /** Whether there must be an answer. */
  readonly needed: boolean;
}

/** Takes an answer, or says what is wrong with it. */
export type Take<Answer> = (answer: Answer) => readonly Problem[] | Promise<readonly Problem[]>;

export type Options = Readonly<Record<string, unknown>>;

/** As many names as still help to read. */
const FEW = 14;

const PROMPT = '> ';

/** The lines of an input, one at a time, each behind a prompt. */
export class Lines {
  private readonly input: NodeJS.ReadStream;
  private readonly output: NodeJS.WriteStream;
  private readonly ready: string[] = [];
  private reader: Interface | null = null;
  /** Whether Ctrl+C ended the input. */
  interrupted = false;
  private ended = false;
  private waiter: (() => void) | null = null;
  private offers: readonly string[] = [];

  constructor(input = process.stdin, output = process.stdout) {
    this.input = input;
    this.output = output;
  }

  /** Whether a person sits at both ends, and sees what is typed. */
  get isTerminal(): boolean {
    return this.input.isTTY === true && this.output.isTTY === true;
  }

  /** The next line; null at the end of the input. Tab completes it to one of `offers`. */
  async next(offers: readonly string[]): Promise<string | null> {
    this.offers = offers;
    const reader = this.open();
    // A pipe may be read to its end before its lines are asked for, and later Nodes then refuse to prompt.
    if (this.ended) this.output.write(PROMPT);
    else reader.prompt();
    while (this.ready.length === 0 && !this.ended) {
      await new Promise<void>((resolve) => {
        this.waiter = resolve;
      });
    }
    const line = this.ready.shift() ?? null;
    // What comes through a pipe is not seen unless it is shown.
    if (!this.isTerminal) this.output.write(line === null ? '\n' : `${visible(line)}\n`);
    return line;
  }

  say(text: string): void {
    this.output.write(`${text.split('\n').map(visible).join('\n')}\n`);
  }

  close(): void {
    this.reader?.close();
  }

  private open(): Interface {
    if (this.reader) return this.reader;
    const reader = createInterface({
      input: this.input,
      output: this.output,
      terminal: this.isTerminal,
      crlfDelay: Number.POSITIVE_INFINITY,
      prompt: PROMPT,
      completer: (line: string) => {
        const begun = line.toLowerCase();
        return [this.offers.filter((name) => name.toLowerCase().startsWith(begun)), line];
      },
    });
    const wake = () => {
      this.waiter?.();
    };
    reader.on('line', (line) => {
      this.ready.push(line);
      wake();
    });
    reader.on('close', () => {
      this.ended = true;
      wake();
    });
    reader.on('SIGINT', () => {
      this.interrupted = true;
      reader.close();
    });
    this.reader = reader;
    return reader;
  }
}

/** Asks what no option has answered. Without lines it asks nothing, and notes what is missing. */
export class Interview {
  /** Options that would answer what nobody has answered. */
  readonly missing: string[] = [];
  /** What is wrong with answers given as options. */
  readonly refused: Problem[] = [];
  /** What is worth knowing beside what was asked. */
  readonly notices: string[] = [];
  /** What was said on lines, by option. */
  private readonly answered = new Map<string, string | readonly string[]>();
  private readonly options: Options;
  private lines: Lines | null;

  constructor(options: Options, lines: Lines | null) {
    this.options = options;
    this.lines = lines;
  }

  /** Whether there is somebody to ask. */
  get asks(): boolean {
    return this.lines !== null;
  }

  /** Whether something needed is lacking or refused, so that what rests on it cannot be asked. */
  get isLacking(): boolean {
    return this.missing.length > 0 || this.refused.length > 0;
  }

  say(text: string): void {
    this.lines?.say(text);
  }

  /** What an option says; undefined where it was not given. */
  option(name: string): unknown {
    return this.options[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
  }

  /** One answer; null where there is none. */
  async text(question: Question, take: Take<string>): Promise<string | null> {
    const given = this.option(question.option);
    if (given !== undefined) {
      const problems = await take(String(given));
      if (problems.length === 0) return String(given);
      if (!this.refuse(question, problems)) return null;
    }
    let { suggests = null } = question;
    this.pose(question);
    for (;;) {
      const line = await this.line(question.offers, suggests);
      if (line === null) return this.lack(question);
      const answer = line === '' ? suggests : line;
      if (answer === null) {
        if (!question.needed) return null;
        this.say('This needs an answer.');
        continue;
      }
      const problems = await take(answer);
      if (problems.length === 0) {
        if (question.option !== '') this.answered.set(question.option, answer);
        return answer;
      }
      this.sayProblems(problems);
      suggests = nearest(answer, problems) ?? suggests;
    }
  }

  /** Answers line by line, until an empty one. `take` is given all so far; `done` may find fault with them together. */
  async list(
    question: Question,
    take: Take<readonly string[]>,
    done: Take<readonly string[]> = () => [],
  ): Promise<readonly string[]> {
    const given = this.option(question.option);
    if (given !== undefined) {
      const texts = (Array.isArray(given) ? given : [given]).map(String);
      const problems = await take(texts);
      // Of what is whole, more can be said than of what may still go on.
      const whole = await done(texts);
      const all = whole.length > 0 ? whole : problems;
      if (all.length === 0) return texts;
      if (!this.refuse(question, all)) return [];
    }
    const texts: string[] = [];
    this.pose(question);
    for (;;) {
      const line = await this.line(question.offers, null);
      if (line === null) {
        if (texts.length === 0) this.lack(question);
        return texts;
      }
      if (line === '') {
        if (texts.length === 0 && question.needed) {
          this.say('This needs an answer.');
          continue;
        }
        const problems = await done(texts);
        if (problems.length === 0) {
          if (texts.length > 0) this.answered.set(question.option, texts);
          return texts;
        }
        this.sayProblems(problems);
        continue;
      }
      const problems = await take([...texts, line]);
      if (problems.length === 0) texts.push(line);
      else this.sayProblems(problems);
    }
  }

  /** Yes or no; `otherwise` for an empty line. Where nobody is there to say, an option can, and else it is no. */
  async yes(
    { option, asks, choices = '' }: { option?: string; asks: string; choices?: string },
    otherwise: boolean,
  ): Promise<boolean> {
    if (option !== undefined && this.option(option) === true) return true;
    if (!this.lines) return false;
    this.say(`\n${asks} ${otherwise ? 'Enter: yes' : 'Enter: no'}${choices}`);
    for (;;) {
      const line = await this.line(undefined, null);
      if (line === null) return false;
      if (line === '') return otherwise;
      if (/^y(es)?$/i.test(line)) {
        if (option !== undefined) this.answered.set(option, []);
        return true;
      }
      if (/^no?$/i.test(line)) return false;
      this.say('Say yes or no.');
    }
  }

  /** Has an answer repeated in other words, where it was asked on from it. */
  remember(option: string, text: string): void {
    if (this.answered.has(option)) this.answered.set(option, text);
  }

  /** What was said on lines, as options to say it with; null where nothing was. */
  asOptions(): string[] | null {
    if (this.answered.size === 0) return null;
    const said = new Map<string, unknown>(
      Object.entries(this.options).map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
        value,
      ]),
    );
    for (const [option, value] of this.answered) said.set(option, value);
    return [...said].flatMap(([option, value]) => {
      if (typeof value === 'string') return [`--${option}`, value];
      if (!Array.isArray(value)) return [];
      return value.length === 0 ? [`--${option}`] : value.flatMap((one) => [`--${option}`, String(one)]);
    });
  }

  /** @throws CsrError for options that were refused, and for answers that nobody has given */
  settle(command: string): void {
    if (this.refused.length > 0) throw new CsrError(this.refused);
    if (this.missing.length === 0) return;
    throw new CsrError({
      code: 'usage',
      severity: 'error',
      message: `missing: ${[...new Set(this.missing)].map((option) => `\`--${option}\``).join(', ')}`,
      help: `nothing was written; where nobody can be asked, options answer (\`${command} --help\`)`,
    });
  }

  /** Takes note of an option that is refused. @returns whether somebody can be asked in its place */
  private refuse({ option }: Question, problems: readonly Problem[]): boolean {
    if (!this.lines) {
      this.refused.push(...problems);
      return false;
    }
    this.say(`\n--${option} cannot be taken:`);
    this.sayProblems(problems);
    return true;
  }

  private pose({ asks, choices = '', offers = [], suggests = null, needed }: Question): void {
    const empty = suggests !== null ? ` Enter: ${suggests}` : needed ? '' : ' Enter: none';
    this.say(`\n${asks}${empty}${choices}`);
    if (offers.length === 0) return;
    const rest = offers.length - FEW;
    this.say(
      `  known: ${offers.slice(0, FEW).join(', ')}${rest > 0 ? ` and ${rest} more (? lists them)` : ''}`,
    );
  }

  /** A line that is an answer; null where nobody is left to ask. */
  private async line(offers: readonly string[] = [], suggests: string | null): Promise<string | null> {
    for (;;) {
      if (!this.lines) return null;
      const line = await this.lines.next(suggests === null ? offers : [suggests, ...offers]);
      if (line === null) {
        this.lines = null;
        return null;
      }
      if (line.trim() !== '?') return unquoted(line.trim());
      this.say(
        offers.length === 0
          ? '  There is no list of what fits.'
          : offers.map((name) => `  ${name}`).join('\n'),
      );
    }
  }

  private lack({ option, needed }: Question): null {
    if (needed) this.missing.push(option);
    return null;
  }

  sayProblems(problems: readonly Problem[]): void {
    for (const problem of problems) this.say(showProblem(problem).replace(/^/gm, '  '));
  }
}

/** Quotes around a whole answer are those of the file that it will stand in. */
function unquoted(text: string): string {
  const [, double, single] = /^(?:"([^"]+)"|'([^']+)')$/.exec(text) ?? [];
  return (double ?? single ?? text).trim();
}

/** The name that was most likely meant by one that nobody knows. */
function nearest(answer: string, problems: readonly Problem[]): string | null {
  const [problem] = problems;
  const meant =
    problem?.found === answer ? /^did you mean `(.+)`\?$/.exec(problem.help ?? '')?.[1] : undefined;
  return meant ?? null;
}
