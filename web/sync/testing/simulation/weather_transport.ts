import { Subject } from 'rxjs';
import type { UserDocument } from '../../document.ts';
import type { Mutation, Receipt } from '../../mutation.ts';
import { answerTimeout, type LiveChange, type Page, type Transport, type TransportEvent } from '../../transport.ts';
import type { History } from './history.ts';
import type { Random } from './random.ts';
import { within, type Life, type VirtualTime } from './virtual_time.ts';

/** How bad the network is. All but the first are probabilities. */
export interface Weather {
  /** Milliseconds that a message may take. */
  latency: number;
  lostRequests: number;
  lostAnswers: number;
  /** Of the receipts of a message, only some come. */
  lostReceipts: number;
  repeatedRequests: number;
  lostEvents: number;
  repeatedEvents: number;
  /** They come after later ones. */
  lateEvents: number;
  failedPulls: number;
  shortPages: number;
}

export const calm: Weather = {
  latency: 5,
  lostRequests: 0,
  lostAnswers: 0,
  lostReceipts: 0,
  repeatedRequests: 0,
  lostEvents: 0,
  repeatedEvents: 0,
  lateEvents: 0,
  failedPulls: 0,
  shortPages: 0,
};

const heartbeatEvery = 5_000;

export interface WeatherTransportParts {
  history: History;
  time: VirtualTime;
  random: Random;
  life: Life;
  profile: string;
  weather: () => Weather;
  note: (text: string) => void;
}

function brief(document: UserDocument | null): string {
  if (document === null) return 'nothing';
  const { id, email, status, role, _deleted } = document;
  return [id.slice(0, 4), email.split('@')[0], status, role, _deleted ? 'deleted' : undefined].filter(Boolean).join('/');
}

/** A way to the store through a network that does what networks do. */
export class WeatherTransport implements Transport {
  readonly name = 'weather';
  readonly events$ = new Subject<TransportEvent>();
  pushes = 0;
  pulls = 0;
  readonly #parts: WeatherTransportParts;
  #wanted = true;
  #started = false;
  #closed = false;
  /** Changes with each connection: what belongs to an earlier one does not come. */
  #connection = 0;
  #subscribed = false;
  /** The moment when the last event comes: events keep their order, if the weather lets them. */
  #lastEventAt = 0;

  constructor(parts: WeatherTransportParts) {
    this.#parts = parts;
  }

  get isOpen(): boolean {
    return this.#started && !this.#closed && this.#parts.life.alive;
  }

  start(): void {
    this.#started = true;
    this.#connect();
    this.#beat();
  }

  /** Whether there is a network. */
  setOnline(online: boolean): void {
    if (this.#wanted === online) return;
    this.#wanted = online;
    if (online) this.#connect();
    else this.#lose();
  }

  /** The store told everybody. */
  broadcast(change: LiveChange): void {
    const { random } = this.#parts;
    const { lostEvents, repeatedEvents, lateEvents } = this.#parts.weather();
    if (!this.#subscribed || random.chance(lostEvents)) return;
    const times = random.chance(repeatedEvents) ? 2 : 1;
    within(this.#parts.life, () => {
      for (let time = 0; time < times; time += 1) this.#deliver(change, random.chance(lateEvents));
    });
  }

  heartbeat(): void {
    const { history, time } = this.#parts;
    if (!this.#subscribed) return;
    const [connection, epoch, seq] = [this.#connection, history.epoch, history.head];
    within(this.#parts.life, () => time.after(this.#latency(), () => this.#emit(connection, { kind: 'heartbeat', epoch, seq })));
  }

  async pull(checkpoint: string | null, limit: number): Promise<Page> {
    const { history, time, random, profile } = this.#parts;
    const { failedPulls, shortPages } = this.#parts.weather();
    this.pulls += 1;
    const connection = this.#connection;
    await time.sleep(this.#latency());
    this.#mustBe(connection);
    if (random.chance(failedPulls)) throw new Error('the pull failed');
    const page = history.read(checkpoint, random.chance(shortPages) ? 1 + random.below(2) : limit);
    const tell = history.telling(page.seqs, profile);
    await time.sleep(this.#latency());
    this.#mustBe(connection);
    if (random.chance(failedPulls)) throw new Error('the page was lost');
    tell();
    this.#parts.note(`pulls after ${checkpoint?.slice(0, 8)}: ${page.documents.map(brief).join(', ')}${page.more ? ' and more' : ''}`);
    return structuredClone(page);
  }

  async push(mutations: readonly Mutation[]): Promise<Receipt[]> {
    const { history, time, random, profile } = this.#parts;
    const { lostRequests, lostAnswers, lostReceipts, repeatedRequests } = this.#parts.weather();
    this.pushes += 1;
    const { note } = this.#parts;
    for (const { mutation_id, document, assumed } of mutations) note(`pushes ${mutation_id} ${brief(document)} upon ${brief(assumed)}`);
    const message = structuredClone(mutations) as Mutation[];
    const connection = this.#connection;
    const begun = time.now;
    if (!this.#subscribed) throw new Error('offline');
    // What is on its way arrives, also when the page is gone by then.
    await new Promise<void>((resolve) => void time.after(this.#latency(), resolve, false));
    if (connection !== this.#connection || random.chance(lostRequests)) return this.#giveUp(begun);
    const receipts = message.map((mutation) => history.write(mutation, profile));
    if (random.chance(repeatedRequests)) {
      time.after(random.next() * 3_000, () => message.forEach((mutation) => history.write(mutation, profile)), false);
    }
    const came = receipts.filter(() => !random.chance(lostReceipts));
    const tell = history.telling(came.flatMap(({ seq }) => seq ?? []), profile);
    await time.sleep(this.#latency());
    if (connection !== this.#connection || random.chance(lostAnswers)) return this.#giveUp(begun);
    tell();
    for (const { mutation_id, outcome, seq } of came) note(`hears of ${mutation_id}: ${outcome} ${seq}`);
    if (came.length < receipts.length) await time.sleep(Math.max(0, begun + answerTimeout - time.now));
    return structuredClone(came);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#connection += 1;
    this.#subscribed = false;
  }

  /** The store is asked again after the time that an answer may take. */
  async #giveUp(begun: number): Promise<Receipt[]> {
    const { time, random } = this.#parts;
    if (random.chance(0.5)) throw new Error('the connection was lost');
    await time.sleep(Math.max(0, begun + answerTimeout - time.now));
    return [];
  }

  #connect(): void {
    const { time } = this.#parts;
    if (!this.#started || this.#closed || !this.#wanted) return;
    const connection = ++this.#connection;
    const subscribe = (): void => {
      if (connection !== this.#connection) return;
      this.#subscribed = true;
      this.#lastEventAt = 0;
      time.after(this.#latency(), () => this.#emit(connection, { kind: 'subscribed' }));
    };
    within(this.#parts.life, () => time.after(this.#latency(), subscribe));
  }

  #lose(): void {
    this.#connection += 1;
    this.#subscribed = false;
    if (this.isOpen) within(this.#parts.life, () => this.events$.next({ kind: 'lost' }));
  }

  #beat(): void {
    const { time } = this.#parts;
    time.after(heartbeatEvery, () => {
      if (!this.isOpen) return;
      this.heartbeat();
      this.#beat();
    });
  }

  #deliver(change: LiveChange, late: boolean): void {
    const { time, history, profile } = this.#parts;
    const connection = this.#connection;
    const soon = time.now + this.#latency();
    const at = late ? soon + 50 + this.#latency() : Math.max(soon, this.#lastEventAt);
    if (!late) this.#lastEventAt = at;
    const told = history.versions[change.seq - 1];
    time.after(at - time.now, () => {
      if (connection === this.#connection) told?.told.add(profile);
      this.#emit(connection, { kind: 'change', change });
    });
  }

  #emit(connection: number, event: TransportEvent): void {
    const { life } = this.#parts;
    if (connection !== this.#connection || !this.isOpen) return;
    if (event.kind === 'change') this.#parts.note(`live ${event.change.seq} ${brief(event.change.document)}`);
    else if (event.kind !== 'heartbeat') this.#parts.note(event.kind);
    within(life, () => this.events$.next(structuredClone(event)));
  }

  #mustBe(connection: number): void {
    if (connection !== this.#connection) throw new Error('the connection was lost');
  }

  #latency(): number {
    return this.#parts.random.next() * this.#parts.weather().latency;
  }
}
