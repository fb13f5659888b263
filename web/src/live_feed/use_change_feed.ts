import { computed, onMounted, onUnmounted, ref, shallowRef, watch } from 'vue';
import { openGateway } from '../gateway.ts';
import { ChangeFeed, type FeedEvent, type FeedState, type Watch } from './change_feed.ts';
import { withNewer, type FeedEntry } from './feed_entry.ts';
import { useHeardLog } from './use_heard_log.ts';

const mostEntries = 100;
/** A page over HTTP/1.1 has six connections, and a stream keeps one: what the page is made of comes first. */
const startWait = 2_000;

const watchGateway: Watch = async (request, options) => (await openGateway()).feed.watch(request, options);

/** The changes that the store tells while the page is looked at, and how the stream is doing. */
export function useChangeFeed() {
  const entries = shallowRef<readonly FeedEntry[]>([]);
  const state = ref<FeedState>('off');
  const why = ref('');
  const head = ref(0n);
  /** By a person. */
  const isPaused = ref(false);
  /** Other tabs need their connections too; what is missed meanwhile comes when it is looked at again. */
  const isHidden = ref(document.hidden);
  const isReady = ref(false);

  const { log, hear } = useHeardLog();
  const feed = new ChangeFeed(watchGateway, take);

  function take(event: FeedEvent): void {
    if (event.kind === 'state') {
      state.value = event.state;
      why.value = event.why;
    } else if (event.kind === 'changes') {
      entries.value = withNewer(entries.value, event.entries, mostEntries);
    } else if (event.kind === 'log') {
      hear(event.note);
    } else {
      head.value = event.sequence;
    }
  }

  function startFromNow(): void {
    entries.value = [];
    feed.startFromNow();
  }

  const seeWhetherHidden = (): void => void (isHidden.value = document.hidden);
  const loseNetwork = (): void => feed.networkLost();
  const findNetwork = (): void => feed.networkBack();
  const isWanted = computed(() => isReady.value && !isPaused.value && !isHidden.value);
  watch(isWanted, (wanted) => (wanted ? feed.start() : feed.stop()));

  let timer: ReturnType<typeof setTimeout> | undefined;
  onMounted(() => {
    timer = setTimeout(() => (isReady.value = true), startWait);
    document.addEventListener('visibilitychange', seeWhetherHidden);
    addEventListener('offline', loseNetwork);
    addEventListener('online', findNetwork);
  });
  onUnmounted(() => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seeWhetherHidden);
    removeEventListener('offline', loseNetwork);
    removeEventListener('online', findNetwork);
    feed.stop();
  });

  return { entries, state, why, head, log, isPaused, startFromNow };
}
