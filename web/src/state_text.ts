import type { ReplicationState } from '@usersync/sync';

/** How the replication is doing, in this tab or in the one that does it for all. */
export interface ReplicationStatus {
  /** A person started it, and has not stopped it. */
  running: boolean;
  state: ReplicationState;
  transport: string | null;
  byOtherTab: boolean;
  /** What went wrong last, and what to do. */
  problem: string | null;
}

export interface StateText {
  title: string;
  detail: string;
}

const texts: Record<ReplicationState, StateText> = {
  stopped: { title: 'Starting …', detail: 'Looking where the services are.' },
  waiting: { title: 'Starting …', detail: 'Waiting for the other tab to say how it is doing.' },
  connecting: { title: 'Connecting …', detail: 'Edits are kept here until there is a connection. It is tried for ever.' },
  syncing: { title: 'Connected', detail: 'Fetching what is new, and sending what was written here.' },
  active: { title: '✅ NATS replication is active!', detail: 'What anybody writes is here a moment later.' },
  offline: { title: '⚠️ Offline', detail: 'Go on working: edits are kept, and sent when the connection is back.' },
};

const off: StateText = { title: 'Replication is off', detail: 'What you write stays in this browser until you start it.' };

/** While these last, what went wrong is of interest. */
const troubled: readonly ReplicationState[] = ['connecting', 'offline'];

/** What the replication does, for a person. */
export function stateText({ running, state, transport, byOtherTab, problem }: ReplicationStatus): StateText {
  if (!running) return { ...off, detail: problem ?? off.detail };
  const { title, detail } = texts[state];
  const notes = [
    troubled.includes(state) && problem !== null ? problem : detail,
    ...(transport === 'grpc-web' ? ['Over gRPC-Web through the gateway, because NATS did not answer.'] : []),
    ...(byOtherTab ? ['Another tab of this browser does it for this one.'] : []),
  ];
  return { title, detail: notes.join(' ') };
}

/** What is still to come and to go. */
export function backlogText(lag: number, pending: number): string {
  const parts = [
    ...(lag > 0 ? [`${lag} ${lag === 1 ? 'change' : 'changes'} to fetch`] : []),
    ...(pending > 0 ? [`${pending} ${pending === 1 ? 'edit' : 'edits'} to send`] : []),
  ];
  return parts.join(', ');
}

/** What is said where there are no users, in one piece, or its end would move. */
export function emptyText({ running, state }: ReplicationStatus): string {
  if (!running) return 'There are no users here yet. Create one above, or start the replication to fetch those that others made.';
  if (state === 'active') return 'There are no users yet, here or anywhere. Create one above.';
  return 'There are no users here yet. Those that others made come with the replication, once it is active.';
}
