// What the tests ask of Ringback, over HTTP. Each file of tests has a key of its own, and so an
// emulator of its own, whatever runs beside it.

import { Voicemail } from "./voicemail.js";

const APP = "https://app.example";

export class Ringback {
  constructor(name) {
    this.url = process.env.RINGBACK_URL;
    if (!this.url) throw new Error("Run me by: ringback exec --tenants -- npm test");
    this.key = `key-of-${name}`;
  }

  /** What the control API answers, read from JSON. Throws what it says is wrong. */
  async ask(method, path, body) {
    const response = await fetch(`${this.url}/_ringback/${path}`, {
      method,
      headers: { authorization: `Token ${this.key}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${answer.detail}`);
    return answer;
  }

  /** Begin again at zero, with the application where callbacks lead, until the test is over. */
  async begin(test, { clock = "paused", store } = {}) {
    await this.ask("POST", "reset");
    await this.ask("PUT", "clock", { mode: clock });
    const { key_id } = await this.ask("GET", "status");
    const app = new Voicemail({
      apiKey: this.key,
      baseUrl: this.url,
      publicUrl: APP,
      tokens: [key_id],
      store,
    });
    const server = await app.listen();
    test.after(() => new Promise((closed) => server.close(closed)));
    this.receiver = `http://127.0.0.1:${server.address().port}`;
    await this.ask("POST", "connect", { origin: APP, to: this.receiver });
    return app;
  }

  async delivery(id) {
    return this.ask("GET", `deliveries/${id}`);
  }

  /** Throws unless everything has come to its end as a strict test would have it. */
  async verify() {
    const { ok, text } = await this.ask("POST", "verify", {});
    if (!ok) throw new Error(text);
  }
}
