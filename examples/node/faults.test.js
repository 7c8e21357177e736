import assert from "node:assert/strict";
import { test } from "node:test";
import { Ringback } from "./ringback.js";

const ringback = new Ringback("faults");

test("a greeting whose answer is lost comes again, and is stored once", async (t) => {
  const stored = [];
  const app = await ringback.begin(t, {
    store: (id, audio) => {
      stored.push(id);
      app.greetings.set(id, audio);
    },
  });
  await ringback.ask("POST", "faults", { faults: ["answer lost"] });
  const id = await app.order("Please leave a message.");

  await ringback.ask("POST", "clock/idle");

  const { timeline } = await ringback.delivery(id);
  assert.equal(timeline.length, 2);
  assert.match(timeline[0], /answer lost/);
  assert.equal(timeline[1], "+30s PUT 204");
  assert.deepEqual(stored, [id]);
  await ringback.verify();
});

test("what carries another key's dg-token is not trusted", async (t) => {
  const app = await ringback.begin(t);
  await ringback.ask("POST", "faults", { faults: ["foreign dg-token"] });
  const id = await app.order("Please leave a message.");

  await ringback.ask("POST", "clock/settle");
  assert.deepEqual((await ringback.delivery(id)).statuses, [401]);
  assert.equal(app.greetings.size, 0);

  await ringback.ask("POST", "clock/idle");
  assert.deepEqual([...app.greetings.keys()], [id]);
  await ringback.verify();
});

test("an endpoint that fails once is asked again by the SDK", async (t) => {
  const app = await ringback.begin(t);
  await ringback.ask("POST", "failures", { failures: [503] });
  const id = await app.order("Please leave a message.");

  await ringback.ask("POST", "clock/idle");
  const { requests } = await ringback.ask("GET", "requests");
  assert.equal(requests.length, 2);
  assert.deepEqual([...app.greetings.keys()], [id]);
  await ringback.verify();
});
