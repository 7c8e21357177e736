// An application that has greetings spoken, and takes the audio where Deepgram brings it: by a PUT
// to its callback URL, perhaps more than once.

import { createServer } from "node:http";
import { DeepgramClient } from "@deepgram/sdk";

const CALLBACK = "/greetings";

export class Voicemail {
  /** Audio by the id of its request: a callback that comes twice is stored once. */
  greetings = new Map();

  /** `tokens` are the identifiers of our API keys, as Deepgram's console lists them. */
  constructor({ apiKey, baseUrl, publicUrl, tokens, store }) {
    this.deepgram = new DeepgramClient({ apiKey, baseUrl });
    this.callback = publicUrl + CALLBACK;
    this.tokens = new Set(tokens);
    this.store = store ?? ((id, audio) => this.greetings.set(id, audio));
  }

  /** Ask for a greeting. Resolves to the id under which its audio will come. */
  async order(text) {
    const answer = await this.deepgram.speak.v1.audio.generate({
      text,
      callback: this.callback,
      callback_method: "PUT",
    });
    // The SDK was made for audio: what it hands over is the acknowledgement, in JSON.
    return JSON.parse(await new Response(answer.stream()).text()).request_id;
  }

  /** Listen on a free port of loopback. Resolves to the server. */
  async listen() {
    const server = createServer((request, response) => {
      this.#receive(request).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(500).end(), // Deepgram will come again
      );
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    return server;
  }

  async #receive(request) {
    if (request.method !== "PUT" || request.url !== CALLBACK) return 404;
    if (!this.tokens.has(request.headers["dg-token"])) return 401;
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const id = request.headers["dg-request-id"];
    if (!this.greetings.has(id)) await this.store(id, Buffer.concat(pieces));
    return 204;
  }
}
