/** The newest head of the store's log that this browser has seen and verified. */
export interface SeenHead {
  /** The key that signed it (C2SP vkey): it holds the log's name. */
  vkey: string;
  /** The signed head itself (C2SP tlog-checkpoint): the evidence. */
  note: string;
}

/** Remembers it from visit to visit. */
export interface SeenHeads {
  read(): SeenHead | null;
  write(head: SeenHead): void;
}

function isSeenHead(value: unknown): value is SeenHead {
  const { vkey, note } = (value ?? {}) as Record<string, unknown>;
  return typeof vkey === 'string' && typeof note === 'string';
}

/** In this browser's storage, for each store that it talks to. All tabs share it. */
export function seenHeadsOf(gatewayUrl: string, storage: Storage = localStorage): SeenHeads {
  const place = `usersync.log-head ${gatewayUrl}`;
  return {
    read() {
      const head: unknown = JSON.parse(storage.getItem(place) ?? 'null');
      return isSeenHead(head) ? head : null;
    },
    write(head) {
      storage.setItem(place, JSON.stringify(head));
    },
  };
}
