// Follows every change of every user and misses none, whatever happens to it.
//
//     pnpm generate && pnpm build
//     node dist/watch.js http://127.0.0.1:50051 changes.log
//
// Each change becomes one line of changes.log, `<sequence> <checkpoint>`: what is done about a change
// and where to go on are saved by one write, so that a crash parts them never. Started again, it goes on
// after the last line.
import { ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";

import { ChangeFeedService, WatchStart } from "./generated/users/v1/change_feed_service_pb.js";

/** The checkpoint of the last whole line; half a line that a crash left is cut off. */
function savedCheckpoint(path: string, log: number): string {
  const text = readFileSync(path, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  ftruncateSync(log, whole.length);
  return whole.trim().split(/\s/).at(-1) ?? "";
}

/** Watches until the stream ends. */
async function watch(address: string, path: string, log: number): Promise<void> {
  const feed = createClient(ChangeFeedService, createGrpcTransport({ baseUrl: address }));
  const request = { start: WatchStart.OLDEST, checkpoint: savedCheckpoint(path, log) };
  for await (const { event } of feed.watch(request)) {
    if (event.case !== "changes") continue;
    for (const { version, checkpoint } of event.value.changes) {
      writeSync(log, `${version?.sequence} ${checkpoint}\n`);
      console.log(String(version?.sequence));
    }
  }
}

const [address = "http://127.0.0.1:50051", path = "changes.log"] = process.argv.slice(2);
const log = openSync(path, "a");
for (;;) {
  try {
    await watch(address, path, log);
  } catch (error) {
    // FailedPrecondition: the database is another one. Whoever keeps users begins with a snapshot then.
    const { code } = ConnectError.from(error);
    if (code !== Code.Unavailable && code !== Code.Canceled && code !== Code.Aborted) throw error;
  }
  await setTimeout(1000);
}
