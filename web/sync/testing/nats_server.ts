/** What a client sent to NATS. */
export interface Published {
  subject: string;
  reply: string;
  headers: string;
  payload: string;
}

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
const end = '\r\n';

/** A WebSocket whose other end is a NATS server in memory, as far as a client looks at it. ASCII only. */
export class NatsSocket {
  /** What the client said of itself, once it did. */
  greeting: Record<string, unknown> | null = null;
  /** Subjects by the id of the subscription. */
  readonly subscriptions = new Map<string, string>();
  readonly published: Published[] = [];
  closed = false;
  /** Whether pings are answered: a client that flushes waits for it. */
  answersPings = true;
  readonly bufferedAmount = 0;
  binaryType = '';
  onopen: (() => void) | null = null;
  onclose: ((event: { wasClean: boolean; reason: string }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  readonly url: string;
  #onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  #received = '';
  #unanswered = 0;

  constructor(url: string) {
    this.url = url;
  }

  /** nats-core listens a little after it made the socket. */
  set onmessage(listener: ((event: { data: ArrayBuffer }) => void) | null) {
    this.#onmessage = listener;
    if (listener !== null) this.onListened();
  }

  onListened: () => void = () => undefined;
  /** The client said who it is. */
  onGreeted: () => void = () => undefined;

  open(): void {
    this.onopen?.();
    this.#say(`INFO ${JSON.stringify({ server_id: 'n', version: '2.10.0', proto: 1, headers: true, max_payload: 1048576 })}`);
  }

  send(bytes: ArrayBuffer): void {
    this.#received += decoder.decode(bytes);
    while (this.#takeOne());
  }

  close(): void {
    this.#end('');
  }

  /** The server is gone. */
  drop(): void {
    this.#end('gone');
  }

  /** Nobody is there. */
  fail(): void {
    this.onerror?.({ message: 'nobody is there' });
    this.#end('gone');
  }

  answerPings(): void {
    this.answersPings = true;
    for (; this.#unanswered > 0; this.#unanswered -= 1) this.#say('PONG');
  }

  /** The server says no to the connection or to what was asked on it. */
  refuse(error: string): void {
    this.#say(`-ERR '${error}'`);
  }

  deliver(subject: string, payload: string, headers: Record<string, string> = {}): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}${end}`);
    const head = `NATS/1.0${end}${lines.join('')}${end}`;
    for (const [id, pattern] of this.subscriptions) {
      const isFor = pattern === subject || (pattern.endsWith('.*') && subject.startsWith(pattern.slice(0, -1)));
      if (isFor) this.#say(`HMSG ${subject} ${id} ${head.length} ${head.length + payload.length}${end}${head}${payload}`);
    }
  }

  #end(reason: string): void {
    if (this.closed) return;
    this.closed = true;
    this.onclose?.({ wasClean: reason === '', reason });
  }

  #say(text: string): void {
    this.#onmessage?.({ data: encoder.encode(text + end).buffer as ArrayBuffer });
  }

  #takeOne(): boolean {
    const length = this.#received.indexOf(end);
    if (length < 0) return false;
    const line = this.#received.slice(0, length);
    const [verb, ...words] = line.split(' ');
    const body = length + end.length;
    const size = verb === 'PUB' || verb === 'HPUB' ? Number(words.at(-1)) + end.length : 0;
    if (this.#received.length < body + size) return false;
    const data = this.#received.slice(body, body + size - end.length);
    this.#received = this.#received.slice(body + size);
    if (verb === 'CONNECT') this.#greeted(line.slice('CONNECT '.length));
    if (verb === 'PING') this.#ping();
    if (verb === 'SUB') this.subscriptions.set(words.at(-1) ?? '', words[0] ?? '');
    if (verb === 'UNSUB' && words.length === 1) this.subscriptions.delete(words[0] ?? '');
    if (verb === 'PUB') this.#publish(words, 1, '', data);
    if (verb === 'HPUB') this.#publish(words, 2, data.slice(0, Number(words.at(-2))), data.slice(Number(words.at(-2))));
    return true;
  }

  #greeted(text: string): void {
    this.greeting = JSON.parse(text) as Record<string, unknown>;
    this.onGreeted();
  }

  #ping(): void {
    if (this.answersPings) this.#say('PONG');
    else this.#unanswered += 1;
  }

  #publish(words: string[], sizes: number, headers: string, payload: string): void {
    const [subject = '', reply = ''] = words.slice(0, -sizes);
    this.published.push({ subject, reply, headers, payload });
  }
}

/** The WebSockets that were opened, and a class to open them with; they are open at once unless `opens` says no. */
export function natsSockets(opens: (socket: NatsSocket) => boolean = () => true): { made: NatsSocket[]; WebSocket: unknown } {
  const made: NatsSocket[] = [];
  class Made extends NatsSocket {
    constructor(url: string) {
      super(url);
      made.push(this);
      this.onListened = () => opens(this) && queueMicrotask(() => this.open());
    }
  }
  return { made, WebSocket: Made };
}
