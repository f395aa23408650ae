// The stage of the demo: shows a command as a person would type it, runs just that, and judges what came of it.
import { execa } from 'execa';

/** A step did not come out as it should: the demo has failed. */
export class Unmet extends Error {}

/** Somebody wants the demo to end early. */
export class Interrupted extends Error {}

export interface Outcome {
  readonly status: number;
  /** both streams, as a terminal would show them */
  readonly output: string;
}

/** Far more than any command here takes: what is not done by then hangs. */
const PATIENCE = 20_000;

export class Stage {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv = { LC_ALL: 'C' };
  readonly #print: (text: string) => void;
  #transcript = '';
  #step = '';
  #checks = 0;
  #interruption: string | undefined;

  /** @param folder working directory of all commands */
  constructor(folder: string, print: (text: string) => void = console.log) {
    this.#folder = folder;
    this.#print = print;
  }

  /** All that was shown. */
  get transcript(): string {
    return this.#transcript;
  }

  /** How many expectations were met. */
  get checks(): number {
    return this.#checks;
  }

  /** Ends the demo after the command that runs now: commands are short, and none is left half done. */
  interrupt(reason: string): void {
    this.#interruption ??= reason;
  }

  say(text: string): void {
    this.#transcript += `${text}\n`;
    this.#print(text);
  }

  /** Begins a step. */
  step(heading: string): void {
    this.#step = heading;
    this.say(`\n${heading}\n${'-'.repeat(heading.length)}`);
  }

  /** Sets a variable for all commands that follow. */
  export(name: string, value: string): void {
    this.say(`$ export ${name}=${value}`);
    this.#env[name] = value;
  }

  /** Shows a command, runs it, shows what it printed. */
  async run(line: string): Promise<Outcome> {
    this.say(`$ ${line}`);
    const outcome = await this.quietly(line);
    if (outcome.output !== '') this.say(outcome.output.replace(/\n$/, ''));
    if (outcome.status !== 0) this.say(`[exit status ${outcome.status}]`);
    return outcome;
  }

  /** Runs a command that is not worth showing. */
  async quietly(line: string): Promise<Outcome> {
    this.#endIfInterrupted();
    const outcome = await this.#shell(line);
    this.#endIfInterrupted();
    return outcome;
  }

  /**
   * Goes on only if what is said is so.
   *
   * @throws {Unmet} with what was seen instead
   */
  expect(what: string, fine: boolean, seen: string): void {
    if (!fine) {
      throw new Unmet(`in step "${this.#step}": ${what} was expected, and this was seen:\n${seen.trimEnd()}`);
    }
    this.#checks++;
  }

  #endIfInterrupted(): void {
    if (this.#interruption !== undefined) throw new Interrupted(this.#interruption);
  }

  async #shell(line: string): Promise<Outcome> {
    const child = execa('sh', ['-c', `exec 2>&1\n${line}`], {
      cwd: this.#folder,
      env: this.#env,
      killSignal: 'SIGKILL',
      reject: false,
      stdin: 'ignore',
      stripFinalNewline: false,
      timeout: PATIENCE,
    });
    // What the shell has started may hold its output for longer than the shell lives.
    child.once('exit', (_, signal) => signal === 'SIGKILL' && child.stdout.destroy());
    const { exitCode: status = 128, stdout, timedOut } = await child;
    const ending = timedOut ? `(was ended after ${PATIENCE / 1000} seconds)\n` : '';
    return { status, output: `${stdout}${ending}` };
  }
}
