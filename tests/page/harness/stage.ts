import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { RunningSystem } from '../../../web/sync/testing/running_system.ts';
import { openChromium } from './chromium.ts';
import { Person } from './person.ts';

/** What the stories of one file share: the servers, Chromium and the page. */
export class Stage {
  #system: RunningSystem | null = null;
  #browser: Browser | null = null;

  /** Sets it up before the tests of the file that calls this, and ends all after them. */
  static ofFile(): Stage {
    const stage = new Stage();
    beforeAll(() => stage.#open());
    afterEach(() => stage.#leave());
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

  /** So many people, each with a profile of their own, who replicate. */
  async people(count: number): Promise<Person[]> {
    const people = await Promise.all(Array.from({ length: count }, () => Person.come(this.browser, this.url)));
    for (const person of people) await person.start();
    for (const person of people) await person.active();
    return people;
  }

  async two(): Promise<[Person, Person]> {
    const [one, other] = await this.people(2);
    if (one === undefined || other === undefined) throw new Error('there are not two');
    return [one, other];
  }

  async #open(): Promise<void> {
    this.#system = await RunningSystem.start({}, true);
    this.#browser = await openChromium();
  }

  async #leave(): Promise<void> {
    await Promise.all(this.#browser?.contexts().map((context) => context.close()) ?? []);
  }

  async #close(): Promise<void> {
    await this.#browser?.close();
    await this.#system?.stop();
  }
}
