import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { RxCollection } from 'rxdb';
import { dexieStorage } from '../../dexie_storage.ts';
import { documentOf, sameDocument, type UserDocument, type UserRow } from '../../document.ts';
import { editUser } from '../../edit_user.ts';
import { answerTimeout } from '../../transport.ts';
import { edited, newUser } from '../../user.ts';
import { flawsOf, type Evidence } from './flaws.ts';
import { History } from './history.ts';
import { PageLocks } from './page_locks.ts';
import { Random } from './random.ts';
import type { Changes, Script, Step } from './script.ts';
import { SimulatedPage, type SimulatedProfile } from './simulated_page.ts';
import { VirtualTime } from './virtual_time.ts';
import { calm } from './weather_transport.ts';

/** Virtual milliseconds. */
const mostHealing = 300_000;
const quietFor = 60_000;
const look = 1_000;
const patience = 120_000;

/** RxDB and Dexie know open databases by their names, and a page that crashed closes none: each world has names of its own. */
let worlds = 0;

/** Browsers, a network and a store, in which a script happens. */
export class World {
  readonly time = new VirtualTime();
  readonly trace: string[] = [];
  readonly #script: Script;
  readonly #random: Random;
  readonly #locks = new PageLocks();
  readonly #history: History;
  readonly #profiles: SimulatedProfile[];
  readonly #pages: SimulatedPage[];
  #foreign = 0;

  constructor(script: Script, seed: number) {
    this.#script = script;
    this.#random = new Random(seed).fork('world');
    const broadcast = (change: Parameters<ConstructorParameters<typeof History>[2]>[0]): void => {
      for (const page of this.#pages) for (const transport of page.transports) transport.broadcast(change);
    };
    this.#history = new History(this.#random.fork('history'), () => this.time.now, broadcast);
    const world = ++worlds;
    this.#profiles = script.browsers.map((tabs, index) => ({
      name: `browser-${seed}-${index}`,
      database: `browser-${world}-${index}`,
      storage: dexieStorage({ indexedDB: new IDBFactory(), IDBKeyRange }),
      tabs: tabs > 1,
      written: [],
      dropped: [],
    }));
    this.#pages = this.#profiles.flatMap((profile, index) =>
      Array.from({ length: script.browsers[index] ?? 1 }, (_, tab) => {
        const random = this.#random.fork(`page-${index}-${tab}`);
        const { batchSize } = script;
        const note = (text: string): void => this.#note(`  page ${index}.${tab} ${text}`);
        return new SimulatedPage({ profile, history: this.#history, time: this.time, random, locks: this.#locks, batchSize, note });
      }),
    );
  }

  /** How much happened. */
  get summary(): string {
    const written = this.#profiles.flatMap((profile) => profile.written.filter(({ byPerson }) => byPerson)).length;
    return `${written} edits, ${this.#history.head} versions, ${this.#history.lost.length} lost, ${this.#traffic()}`;
  }

  /** What is wrong in the end; nothing, if all promises are kept. */
  async run(): Promise<string[]> {
    const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    this.time.install(this.#random.fork('globals'));
    Object.defineProperty(globalThis, 'navigator', { value: { locks: this.#locks }, configurable: true });
    try {
      for (const page of this.#pages) this.#let(page.open());
      for (const step of this.#script.steps) {
        await this.time.advance(step.after);
        this.#note(JSON.stringify(step));
        this.#let(this.#take(step));
      }
      return await this.#heal();
    } catch (error) {
      return [String(error)];
    } finally {
      for (const page of this.#pages) page.kill();
      await this.time.advance(look);
      this.time.uninstall();
      if (navigator === undefined) delete (globalThis as { navigator?: unknown }).navigator;
      else Object.defineProperty(globalThis, 'navigator', navigator);
    }
  }

  /** A person waits for nothing, and sees for himself what failed. */
  #let(done: Promise<unknown>): void {
    done.catch((error: unknown) => this.#note(`  failed: ${String(error).slice(0, 160)}`));
  }

  #note(text: string): void {
    this.trace.push(`${Math.round(this.time.now) % 1e9} ${text}`);
  }

  async #take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'foreign':
        return this.#foreignWrite(step);
      case 'restore':
        return this.#restore(step);
      case 'erase': {
        const id = this.#idOf(step.user);
        if (id !== null) this.#history.erase(id);
        return;
      }
      default:
        return this.#takeAt(this.#pages[step.page % this.#pages.length]!, step);
    }
  }

  async #takeAt(page: SimulatedPage, step: Exclude<Step, { kind: 'foreign' | 'restore' | 'erase' }>): Promise<void> {
    switch (step.kind) {
      case 'start':
        return page.start();
      case 'stop':
        return page.stop();
      case 'open':
        return page.open();
      case 'close':
        return page.close();
      case 'kill':
        return page.kill();
      case 'offline':
        return page.setOnline(false);
      case 'online':
        return page.setOnline(true);
      case 'heartbeat':
        return page.transports.forEach((transport) => transport.heartbeat());
      case 'weather':
        page.weather = step.weather;
        return;
      default:
        await page.do(({ users }) => this.#write(page, users, step));
    }
  }

  async #write(page: SimulatedPage, users: RxCollection<UserRow>, step: Step): Promise<void> {
    switch (step.kind) {
      case 'insert':
        await users.insert(newUser({ email: step.email, status: step.status }));
        return;
      case 'edit': {
        const row = await this.#rowOf(users, step.user);
        if (row !== null) await editUser(users, row.id, step.changes);
        return;
      }
      case 'overwrite': {
        const row = await this.#rowOf(users, step.user);
        await this.time.sleep(step.wait);
        if (row !== null) await users.incrementalUpsert(edited(row, step.changes));
        return;
      }
      case 'delete': {
        const row = await this.#rowOf(users, step.user);
        if (row !== null) await (await users.findOne(row.id).exec())?.incrementalRemove();
        return;
      }
      case 'reinsert': {
        const deleted = [...(await page.stored(this.#ids()))].filter(([, row]) => row._deleted);
        const [id] = deleted[step.user % Math.max(1, deleted.length)] ?? [];
        if (id !== undefined) await users.insert({ ...newUser({ email: `again-${step.user}@example.com`, status: `again-${step.user}` }), id });
        return;
      }
      case 'again':
      case 'drop':
        return this.#deal(page, step);
    }
  }

  async #deal(page: SimulatedPage, step: Step & { kind: 'again' | 'drop' }): Promise<void> {
    const refused = (await page.refused()).sort((a, b) => (a.key < b.key ? -1 : 1));
    const edit = refused[step.edit % Math.max(1, refused.length)];
    if (edit === undefined) return;
    if (step.kind === 'drop') {
      page.profile.dropped.push(edit);
      await page.do(({ edits }) => edits.drop(edit.key));
      return;
    }
    const corrected = step.status === null ? undefined : { ...edit.mine, status: step.status };
    const { id, mine } = edit;
    const isGone = mine._deleted && (await page.stored([id])).get(id)?._deleted !== false;
    // What the correction replaces was given up by its author; and who deletes what is deleted asks for nothing.
    if (corrected !== undefined || isGone) page.profile.dropped.push({ ...edit, mine: { ...mine } });
    await page.do(({ edits }) => edits.applyAgain(edit.key, corrected));
  }

  #foreignWrite({ what, user, changes, believes }: Step & { kind: 'foreign' }): void {
    const mutation_id = `foreign-${++this.#foreign}`;
    const fresh = { ...newUser({ email: `${mutation_id}@example.com`, status: 'fresh' }), _deleted: false };
    const id = this.#idOf(user);
    const current = id === null ? null : this.#history.documentOf(id);
    const wanted = what === 'insert' || current === null ? fresh : what === 'delete' ? { ...current, _deleted: true } : this.#changed(current, changes);
    // A plain document says nothing of what its author believes.
    this.#history.write(believes ? { mutation_id, document: wanted, assumed: wanted === fresh ? null : current } : { mutation_id, document: wanted }, null);
  }

  #changed({ _deleted, ...row }: UserDocument, changes: Changes): UserDocument {
    return { ...edited(row, changes), _deleted };
  }

  #restore({ back, again, epoch }: Step & { kind: 'restore' }): void {
    const arrivals = this.#history.restore(Math.max(0, this.#history.head - back));
    if (epoch) this.#history.changeEpoch(`${this.#history.epoch}+`);
    // Before anything that is sent from now on: it comes by the same stream.
    if (again) for (const { wish, profile } of arrivals) this.#history.write(wish, profile);
  }

  async #rowOf(users: RxCollection<UserRow>, user: number): Promise<UserRow | null> {
    const rows = await users.find().exec();
    return rows[user % Math.max(1, rows.length)]?.toMutableJSON() ?? null;
  }

  #idOf(user: number): string | null {
    const ids = [...this.#history.documents.keys()];
    return ids[user % Math.max(1, ids.length)] ?? null;
  }

  #ids(): string[] {
    const written = this.#profiles.flatMap((profile) => profile.written.map(({ id }) => id));
    return [...new Set([...written, ...[...this.#history.versions, ...this.#history.lost].map(({ document }) => document.id)])];
  }

  async #heal(): Promise<string[]> {
    this.#note('healing');
    for (const page of this.#pages) {
      page.weather = calm;
      page.setOnline(true);
      await this.time.settle(page.open(), patience, 'opening a page');
    }
    const until = this.time.now + mostHealing;
    let open: string[];
    do {
      await this.time.advance(look);
      open = await this.#differences();
    } while (open.length > 0 && this.time.now < until);
    this.#note(open.length === 0 ? 'healed' : 'not healed');
    for (const [index, page] of this.#pages.entries()) this.#note(`page ${index}: ${page.state}`);
    if (open.length > 0) return open;
    // The last answers that were waited for.
    await this.time.advance(2 * answerTimeout);
    const before = this.#traffic();
    await this.time.advance(quietFor);
    const after = this.#traffic();
    const noise = before === after ? [] : [`not quiet: ${before}, then ${after}`];
    return [...noise, ...(await this.#differences()), ...flawsOf(await this.#evidence())];
  }

  #traffic(): string {
    const transports = this.#pages.flatMap((page) => page.transports);
    const sum = (of: 'pushes' | 'pulls'): number => transports.reduce((all, transport) => all + transport[of], 0);
    return `${sum('pushes')} pushes and ${sum('pulls')} pulls`;
  }

  /** Where the browsers are not what the store is. */
  async #differences(): Promise<string[]> {
    const ids = this.#ids();
    const found: string[] = [];
    for (const [index, page] of this.#pages.entries()) {
      const name = `page ${index} of ${page.profile.name}`;
      const stored = await this.#wait(page.stored(ids));
      const shown = await this.#wait(page.do(({ users }) => users.find().exec()));
      for (const id of ids) {
        const [row, held] = [stored.get(id), this.#history.documentOf(id)];
        if (held === null ? row?._deleted === false : row === undefined || !sameDocument(row, held)) {
          found.push(`${name}: ${id} is ${JSON.stringify(row)}, and ${JSON.stringify(held)} in the store`);
        }
        const seen = shown?.find((one) => one.id === id);
        if (row?._deleted === false ? seen === undefined || !sameDocument(documentOf(seen.toMutableJSON()), row) : seen !== undefined) {
          found.push(`${name}: ${id} is shown as ${JSON.stringify(seen?.toJSON())}, and stored as ${JSON.stringify(row)}`);
        }
      }
      const unsent = await this.#wait(page.do(({ edits }) => edits.unsent()));
      for (const id of unsent ?? []) found.push(`${name}: ${id} is unsent`);
    }
    return found;
  }

  async #evidence(): Promise<Evidence> {
    const browsers: Evidence['browsers'] = [];
    for (const profile of this.#profiles) {
      const page = this.#pages.find((one) => one.profile === profile)!;
      browsers.push({ ...profile, refused: await this.#wait(page.refused()) });
    }
    const { versions, lost, erased, idle, gone } = this.#history;
    return { versions, lost, erased, idle, gone, browsers };
  }

  #wait<T>(promise: Promise<T>): Promise<T> {
    return this.time.settle(promise, patience, 'looking');
  }
}
