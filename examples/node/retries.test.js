import assert from "node:assert/strict";
import { test } from "node:test";
import { Ringback } from "./ringback.js";

const ringback = new Ringback("retries");

test("a greeting is stored when our store is back after two failures", async (t) => {
  let failures = 2;
  const app = await ringback.begin(t, {
    store: (id, audio) => {
      if (failures-- > 0) throw new Error("the store is down");
      app.greetings.set(id, audio);
    },
  });
  const id = await app.order("Please leave a message.");

  const moved = await ringback.ask("POST", "clock/idle");

  assert.deepEqual(moved.attempts.map(({ line }) => line), [
    "+0s PUT 500",
    "+30s PUT 500",
    "+60s PUT 204",
  ]);
  assert.equal(moved.clock.elapsed, 60); // seconds, and none of ours
  assert.ok(app.greetings.get(id).length > 0);
  await ringback.verify();
});

test("a retry comes after 30 seconds, and not before", async (t) => {
  let calls = 0;
  const app = await ringback.begin(t, {
    store: () => {
      if (++calls === 1) throw new Error("the store is down");
    },
  });
  await app.order("Please leave a message.");

  await ringback.ask("POST", "clock/advance", { seconds: 29 });
  assert.equal(calls, 1);
  await ringback.ask("POST", "clock/advance", { seconds: 1 });
  assert.equal(calls, 2);
  await ringback.verify();
});

test("eleven attempts take no time by themselves, with the clock auto", async (t) => {
  const app = await ringback.begin(t, {
    clock: "auto",
    store: () => {
      throw new Error("the store is down");
    },
  });
  const id = await app.order("Please leave a message.");

  await ringback.ask("POST", "wait", { for: "idle" });

  const { state, statuses, offsets } = await ringback.delivery(id);
  assert.equal(state, "exhausted");
  assert.deepEqual(statuses, Array(11).fill(500));
  assert.equal(offsets.at(-1), 300);
  await ringback.verify();
});
