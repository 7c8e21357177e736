// Drives `@deepgram/sdk` 3.

const { createWriteStream } = require("node:fs");
const { pipeline } = require("node:stream/promises");
const { createClient, LiveTTSEvents, DeepgramApiError, DeepgramError } = require("@deepgram/sdk");
const { drive, heard, sha256 } = require("./telling.cjs");

// Without a URL, as those make it who have never heard of another.
const client = (key, options) => (options ? createClient(key, options) : createClient(key));

const request = ({ url, key, text, parameters }) =>
    client(key, url && { global: { fetch: { options: { url } } } }).speak.request({ text }, parameters);

const speak = async (task) => {
    const answer = await request(task);
    return heard(await answer.getHeaders(), await answer.getStream());
};

const save = async (task) => {
    const answer = await request(task);
    await pipeline(await answer.getStream(), createWriteStream(task.file));
    return {};
};

const ask = async (task) => {
    const answer = await request(task);
    const pieces = [];
    for await (const piece of await answer.getStream()) pieces.push(piece);
    return { answer: JSON.parse(Buffer.concat(pieces).toString()) };
};

const stream = async ({ url, key, text, parameters }) => {
    const options = { url: url.replace("http", "ws") };
    const socket = client(key, url && { global: { websocket: { options } } }).speak.live(parameters);
    const pieces = [];
    const said = [];
    const refusal = await new Promise((resolve) => {
        socket.on(LiveTTSEvents.Open, () => {
            socket.sendText(text);
            socket.flush();
        });
        socket.on(LiveTTSEvents.Audio, (piece) => pieces.push(piece));
        socket.on(LiveTTSEvents.Metadata, ({ type }) => said.push(type));
        socket.on(LiveTTSEvents.Flushed, ({ type }) => {
            said.push(type);
            resolve(null);
        });
        socket.on(LiveTTSEvents.Error, resolve);
    });
    if (refusal !== null)
        return { exception: refusal.constructor.name, message: refusal.message };
    socket.requestClose();
    return { sha256: await sha256(pieces), said };
};

// The message is the service's whole answer, unless that was no JSON.
const describe = (error) =>
    error instanceof DeepgramApiError
        ? { status: error.status, message: JSON.parse(error.message).err_msg }
        : { message: error.message };

drive({ speak, save, ask, stream }, DeepgramError, describe);
