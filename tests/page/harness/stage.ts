import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { RunningSystem } from '../../../web/sync/testing/running_system.ts';
import { allEqual } from './all_equal.ts';
import { openChromium } from './chromium.ts';
import { Person } from './person.ts';

/** What the stories of one file share: the servers, Chromium and the page. */
export class Stage {
  #system: RunningSystem | null = null;
  #browser: Browser | null = null;
  #people: Person[] = [];

  /**
   * Sets it up before the tests of the file that calls this, with variables for `up`, and ends all after them. At the
   * end of each test everybody who replicates holds the same; one that fails says what everybody saw.
   */
  static ofFile(variables: Record<string, string> = {}): Stage {
    const stage = new Stage();
    beforeAll(() => stage.#open(variables));
    afterEach(({ task }) => stage.#end(task.result?.state === 'fail'));
    afterAll(() => stage.#close());
    return stage;
  }

  get system(): RunningSystem {
    if (this.#system === null) throw new Error('nothing runs yet');
    return this.#system;
  }

  get url(): string {
    return this.system.variables['USERSYNC_WEB_URL'] ?? '';
  }

  get browser(): Browser {
    if (this.#browser === null) throw new Error('nothing runs yet');
    return this.#browser;
  }

  /** Somebody with a profile of their own, which is empty. */
  async come(options?: BrowserContextOptions): Promise<Person> {
    return this.open(await this.browser.newContext(options));
  }

  /** Opens the page in a profile that is there. */
  async open(context: BrowserContext): Promise<Person> {
    const person = await Person.open(context, this.url);
    this.#people.push(person);
    return person;
  }

  /** So many people, each with a profile of their own, who replicate. */
  async people(count: number): Promise<Person[]> {
    const people = await Promise.all(Array.from({ length: count }, () => this.come()));
    for (const person of people) await person.start();
    for (const person of people) await person.active();
    return people;
  }

  async two(): Promise<[Person, Person]> {
    const [one, other] = await this.people(2);
    if (one === undefined || other === undefined) throw new Error('there are not two');
    return [one, other];
  }

  async #open(variables: Record<string, string>): Promise<void> {
    this.#system = await RunningSystem.start(variables, true);
    this.#browser = await openChromium();
  }

  async #end(hasFailed: boolean): Promise<void> {
    try {
      if (hasFailed) await this.#tell();
      else await this.#judge().catch((error: unknown) => this.#tell().finally(() => Promise.reject(error)));
    } finally {
      await this.#leave();
    }
  }

  async #judge(): Promise<void> {
    const replicate = await Promise.all(this.#people.map((person) => person.replicates()));
    await allEqual(this.system, ...this.#people.filter((_, index) => replicate[index]));
  }

  async #tell(): Promise<void> {
    for (const [index, person] of this.#people.entries()) {
      if (!person.page.isClosed()) console.error(`What page ${index + 1} says:\n${await person.words().catch(String)}`);
    }
  }

  async #leave(): Promise<void> {
    this.#people = [];
    await Promise.all(this.#browser?.contexts().map((context) => context.close()) ?? []);
  }

  async #close(): Promise<void> {
    await this.#browser?.close();
    await this.#system?.stop();
  }
}
